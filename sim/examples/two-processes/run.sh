#!/usr/bin/env bash
# Two processes of the service on one PostgreSQL, four virtual modems, and a kill -9 in the middle of a payment.
#
#   npm ci && npm run build && sim/examples/two-processes/run.sh
#
# It needs the programs of PostgreSQL (Debian: apt-get install postgresql) and starts a server of its own, on a socket in a
# temporary folder, as the user nobody when you are root. With CASH_SERVER_DATABASE=postgres://… it takes your (empty) database.
set -euo pipefail
cd "$(dirname "$0")/../../.."
PATH="$PWD/node_modules/.bin:$PATH"
work=$(mktemp -d)
chmod 755 "$work"
jobs=()

say() { printf '\n— %s\n' "$*"; }
server() { node dist/server/cli/cash-server.js "$@"; }

stop_all() {
  for job in "${jobs[@]}"; do kill "$job" 2>/dev/null || true; done
  wait 2>/dev/null || true
  [ -z "${postgres:-}" ] || as_user "$postgres/pg_ctl" -D "$work/pg/data" -m fast stop >/dev/null
  rm -rf "$work"
}
trap stop_all EXIT

as_user() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }

start_postgres() {
  postgres=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  [ -n "$postgres" ] || { echo 'PostgreSQL is not installed: apt-get install postgresql' >&2; exit 1; }
  mkdir "$work/pg"
  [ "$(id -u)" != 0 ] || chown nobody "$work/pg"
  (
    cd "$work/pg"
    as_user "$postgres/initdb" -D data -A trust -U cash --no-sync >/dev/null
    as_user "$postgres/pg_ctl" -D data -w -l log -o "-k $work/pg -h ''" start >/dev/null
    as_user "$postgres/createdb" -h "$work/pg" -U cash cash
  )
  export CASH_SERVER_DATABASE="postgres://cash@/cash?host=$work/pg"
}

# Waits for a line of a log. usage: line_of LOG TEXT SECONDS
line_of() {
  for _ in $(seq "$(($3 * 5))"); do
    grep -m1 -- "$2" "$1" 2>/dev/null && return
    sleep 0.2
  done
  echo "$1 has no line with $2:" >&2
  tail -n 20 "$1" >&2
  exit 1
}
value_of() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" | head -1; }

# Starts a process of the service. usage: serve NAME MODEM NUMBER
serve() {
  node dist/server/cli/cash-server.js serve --json --data "$work/data" --port "$work/gsm/$2" --number "$3" --listen 127.0.0.1:0 >"$work/$1.log" 2>&1 &
  jobs+=("$!")
  printf -v "pid_$1" '%s' "$!"
  line_of "$work/$1.log" '"event":"ready"' 30 >/dev/null
  printf -v "url_$1" '%s' "$(grep -m1 '"event":"ready"' "$work/$1.log" | value_of url)"
}

say 'A network with four modems, a database, the keys of a service'
node dist/sim/cli/gsm-sim.js serve --modems 4 --dir "$work/gsm" --profile none --json >"$work/sim.log" 2>&1 &
jobs+=("$!")
line_of "$work/sim.log" '"event":"ready"' 30 >/dev/null
numbers=$(grep -o '"number":"[^"]*"' "$work/sim.log" | cut -d'"' -f4)
service_number=$(sed -n 1p <<<"$numbers")
customer_number=$(sed -n 3p <<<"$numbers")
[ -n "${CASH_SERVER_DATABASE:-}" ] || start_postgres
CASH_SERVER_ADMIN_KEY=$(server init --json --data "$work/data" | value_of adminKey)
export CASH_SERVER_ADMIN_KEY

say 'Two processes, each with a modem of its own; phones send to the number of the first'
serve one modem1 "$service_number"
serve two modem2 "$service_number"
echo "one: $url_one   two: $url_two"

say 'A customer with money and a phone, a shop: registered at the first process'
enrolled=$(server person add --json --server "$url_one" --number "$customer_number" --name Anna --activate)
descriptor=$(value_of descriptor <<<"$enrolled")
code=$(value_of activationCode <<<"$enrolled")
server deposit --json --server "$url_one" --person 1 --minor 5000 --reference first >/dev/null
key=$(server merchant add --json --server "$url_one" --name 'Edicola Duomo' | value_of apiKey)

say 'Anna installs the application and chooses her PIN'
mkfifo "$work/keys"
node dist/device/cli/cash-handset.js --headless --json --silent --port "$work/gsm/modem3" --flash "$work/anna.json" \
  --install "$descriptor" <"$work/keys" >"$work/anna.log" 2>&1 &
jobs+=("$!")
exec 3>"$work/keys"
anna() { printf '%s\n' "$@" >&3; }
anna '{"select":"Menu"}' '{"select":"Applications"}' '{"select":"Cash-Mobile"}' '{"waitFor":"Activation","limitMs":30000}' \
  "{\"type\":\"$(tr -d - <<<"$code" | tr '[:upper:]' '[:lower:]')\"}" '{"select":"Next"}' \
  '{"waitFor":"New PIN"}' '{"type":"48213"}' '{"select":"Next"}' \
  '{"waitFor":"The same PIN again"}' '{"type":"48213"}' '{"select":"Next"}' \
  '{"waitFor":"Confirm your PIN","limitMs":60000}' '{"type":"48213"}' '{"select":"Confirm"}' \
  '{"waitFor":"Your phone is active","limitMs":60000}' '{"select":"OK"}' '{"press":"power"}' '{"screen":true,"id":"active"}'
line_of "$work/anna.log" '"id":"active","ok":true' 120 >/dev/null
echo 'Her phone is active'

ask() { # usage: ask MREF MINOR: prints the txn
  curl -sf -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "$url_two/v1/payments" \
    -d "{\"mref\":\"$1\",\"customer\":\"$customer_number\",\"amount\":{\"minor\":$2,\"currency\":\"EUR\"}}" | value_of txn
}
state() { curl -sf -H "Authorization: Bearer $key" "$url_two/v1/payments/$1?wait=60" | value_of state; }

say 'A payment, asked for at the second process'
txn=$(ask order-1 1250)
anna '{"waitFor":"Approve","limitMs":60000}' '{"screen":true,"id":"asked"}'
line_of "$work/anna.log" '"id":"asked","ok":true' 90 >/dev/null
echo "Anna reads the request $txn"

say 'kill -9 of the first process, to whose modem she will answer; she approves; the process is started again'
kill -9 "$pid_one"
wait "$pid_one" 2>/dev/null || true
anna '{"select":"Approve"}' '{"type":"48213"}' '{"select":"Confirm"}'
serve one modem1 "$service_number"
echo "The second process says: $(state "$txn")"

say 'What the second process noticed, the balance, and the rules of the ledger'
for _ in $(seq 150); do grep -q process-lost "$work"/one.log "$work"/two.log && break; sleep 0.2; done
grep -h process-lost "$work"/one.log "$work"/two.log | grep -o '"ref":"[^"]*"' || echo 'nobody was missed yet'
server balance --server "$url_two" --person 1
server ledger check --data "$work/data"
