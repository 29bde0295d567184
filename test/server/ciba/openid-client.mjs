// A login by openid-client as it comes from npm: node openid-client.mjs ISSUER CLIENT_ID NUMBER MS, the secret in CLIENT_SECRET or the key, PKCS #8, in CLIENT_KEY. MS: the provider's time less
// this machine's. Prints the claims. With `ping` at the end it asks when the auth_req_id comes on stdin, as the ping has it.
import { text } from 'node:stream/consumers';
import { importPKCS8 } from 'jose';
import * as openid from 'openid-client';

const [issuer = '', clientId = '', number = '', aheadMs = '0', mode = 'poll'] = process.argv.slice(2);
const metadata = { [openid.clockSkew]: Number(aheadMs) / 1000 };
const pem = process.env['CLIENT_KEY'];
const known =
  pem === undefined
    ? openid.ClientSecretBasic(process.env['CLIENT_SECRET'])
    : openid.PrivateKeyJwt(await importPKCS8(pem, 'ES256'));
const config = await openid.discovery(new URL(issuer), clientId, metadata, known, {
  execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
});
const asked = await openid.initiateBackchannelAuthentication(config, {
  scope: 'openid',
  login_hint: number,
  binding_message: '4711 Conto online',
  client_notification_token: 'known-to-the-client',
});
const tokens =
  mode === 'poll'
    ? await openid.pollBackchannelAuthenticationGrant(config, asked)
    : await fetchTokens(await text(process.stdin));
process.stdout.write(`${JSON.stringify(tokens.claims())}\n`);

/** After a ping, which has the auth_req_id. */
function fetchTokens(pinged) {
  if (pinged !== asked.auth_req_id) throw new Error(`pinged for ${pinged}, not for ${asked.auth_req_id}`);
  return openid.genericGrantRequest(config, 'urn:openid:params:grant-type:ciba', { auth_req_id: pinged });
}
