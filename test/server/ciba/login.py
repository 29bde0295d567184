"""A login by CIBA Core 1.0, written from the specification with what Python has: login.py ISSUER CLIENT_ID NUMBER, the secret in CLIENT_SECRET."""

import base64
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

issuer, client_id, number = sys.argv[1:4]
quoted = [urllib.parse.quote_plus(part) for part in (client_id, os.environ["CLIENT_SECRET"])]
BASIC = "Basic " + base64.b64encode(":".join(quoted).encode()).decode()
# DigestInfo of SHA-256 (RFC 8017, 9.2)
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def get(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def post(url, **form):
    request = urllib.request.Request(url, urllib.parse.urlencode(form).encode(), {"Authorization": BASIC})
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        return json.load(refusal)


def octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(token, keys):
    header, payload, signature = token.split(".")
    [key] = [key for key in keys if key["kid"] == json.loads(octets(header))["kid"]]
    n, e = (int.from_bytes(octets(key[part]), "big") for part in ("n", "e"))
    length = (n.bit_length() + 7) // 8
    digest = SHA256 + hashlib.sha256(f"{header}.{payload}".encode()).digest()
    expected = b"\0\1" + b"\xff" * (length - 3 - len(digest)) + b"\0" + digest
    assert pow(int.from_bytes(octets(signature), "big"), e, n).to_bytes(length, "big") == expected
    return json.loads(octets(payload))


provider = get(issuer + "/.well-known/openid-configuration")
assert provider["issuer"] == issuer
asked = post(
    provider["backchannel_authentication_endpoint"],
    scope="openid",
    login_hint=number,
    binding_message="4711 Conto online",
)
interval = asked["interval"]
while True:
    time.sleep(interval)
    tokens = post(
        provider["token_endpoint"],
        grant_type="urn:openid:params:grant-type:ciba",
        auth_req_id=asked["auth_req_id"],
    )
    if tokens.get("error") == "slow_down":
        interval += 5
    elif tokens.get("error") != "authorization_pending":
        break
assert "error" not in tokens, tokens
claims = verified(tokens["id_token"], get(provider["jwks_uri"])["keys"])
half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
assert claims["iss"] == issuer and claims["aud"] == client_id and octets(claims["at_hash"]) == half
print(json.dumps(claims))
