// A login by openid-client as it comes from npm: node openid-client.mjs ISSUER CLIENT_ID NUMBER MS, the secret in CLIENT_SECRET. MS: the provider's time less
// this machine's. Prints the claims.
import * as openid from 'openid-client';

const [issuer = '', clientId = '', number = '', aheadMs = '0'] = process.argv.slice(2);
const metadata = { [openid.clockSkew]: Number(aheadMs) / 1000 };
const secret = openid.ClientSecretBasic(process.env['CLIENT_SECRET']);
const config = await openid.discovery(new URL(issuer), clientId, metadata, secret, {
  execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
});
const asked = await openid.initiateBackchannelAuthentication(config, {
  scope: 'openid',
  login_hint: number,
  binding_message: '4711 Conto online',
});
const tokens = await openid.pollBackchannelAuthenticationGrant(config, asked);
process.stdout.write(`${JSON.stringify(tokens.claims())}\n`);
