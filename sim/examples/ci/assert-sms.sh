#!/bin/sh
# A test of software that sends and receives SMS, in a shell. Run it as it is: it starts a network for itself.
set -eu
[ -n "${GSM_SIM_CONTROL-}" ] || exec gsm-sim serve --modems 2 --profile none -- "$0" "$@"

# Your software in place of these two lines. The serial port of its modem is $GSM_SIM_MODEM1.
send() { gsm-modem send --port "$GSM_SIM_MODEM1" --to "$1" --text "$2"; }
receive() { gsm-modem receive --port "$GSM_SIM_MODEM1" --count 1 --json; }

send "$GSM_SIM_NUMBER2" 'Your code is 1234'
gsm-sim submitted --from "$GSM_SIM_NUMBER1" --wait --timeout 10s --json | grep '"text":"Your code is 1234"'

gsm-sim deliver --to "$GSM_SIM_NUMBER1" --from BANK --text 'Your balance is 10 €' --wait
receive | grep 'Your balance is 10 €'

echo 'SMS work'
