import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ACR } from '../ciba/id-token.ts';
import { OAuthError } from '../ciba/oauth-error.ts';
import { CLIENT_ALGORITHMS } from '../parties/client-jwks.ts';
import type { RelyingParty } from '../parties/relying-parties.ts';
import { type Acknowledgement, CIBA_GRANT, type TokenResponse } from '../service/ciba.ts';
import type { Service } from '../service/service.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { cibaClientOf } from './auth.ts';
import { sendError } from './problem.ts';

const tags = ['openid'];

/** The paths of the endpoints. */
const BACKCHANNEL = '/ciba/bc-authorize';
const TOKEN = '/ciba/token';

const OAuthErrorView: z.ZodType<{ readonly error: string; readonly error_description: string }> = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError' });

const refusals = { 400: OAuthErrorView, 401: OAuthErrorView, 403: OAuthErrorView };

/** Parameters, each at most once (RFC 6749, 3.2); what is not known is ignored. */
const text = z.string().max(4_000).optional();

const BackchannelBody = z
  .looseObject({
    scope: text.describe('With openid in it'),
    login_hint: text.describe('The number of the person: + and 7 to 15 digits'),
    binding_message: text.describe(
      'What for, as the phone shows it, at most 40 octets of UTF-8; four digits before it are the match code of your screen',
    ),
    requested_expiry: text.describe('Seconds the person has, 30 to 2550; default 120'),
    client_notification_token: text.describe('In ping mode: the token by which you know the ping'),
    acr_values: text.describe(`There is one: ${ACR}`),
  })
  .catchall(z.string());

const AcknowledgementView: z.ZodType<Acknowledgement> = z.object({
  auth_req_id: z.string(),
  expires_in: z.int().describe('Seconds'),
  interval: z.int().describe('Seconds between two questions at the token endpoint'),
  match_code: z.string().describe('Four digits for your screen, at once: the phone asks for the last two'),
});

const TokenBody = z.looseObject({ grant_type: text, auth_req_id: text }).catchall(z.string());

const TokenView: z.ZodType<TokenResponse> = z.object({
  access_token: z.string().describe('Opens nothing'),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  id_token: z.string().describe('Signed by a key of /.well-known/jwks.json'),
});

/** What clients find out by themselves (OpenID Connect Discovery 1.0, 3; CIBA Core 1.0, 4). Push is left out: FAPI does not allow it. */
export function metadataOf(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    backchannel_authentication_endpoint: `${issuer}${BACKCHANNEL}`,
    token_endpoint: `${issuer}${TOKEN}`,
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    backchannel_user_code_parameter_supported: false,
    grant_types_supported: [CIBA_GRANT],
    scopes_supported: ['openid'],
    response_types_supported: [],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
    acr_values_supported: [ACR],
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp', 'auth_time', 'acr', 'amr'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  };
}

/** The description of the provider, without a key. */
export async function discoveryRoute(app: FastifyInstance, service: Service): Promise<void> {
  app.get(
    '/.well-known/openid-configuration',
    { schema: { tags, summary: 'What OpenID Connect clients find here (CIBA)' } },
    async () => metadataOf(service.parties.ciba.issuer),
  );
}

/** The endpoints of OpenID Connect CIBA Core 1.0, for relying parties. */
export async function cibaRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { ciba } = service.parties;
  takeForms(app);
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) return sendError(reply, error, (reason) => service.fault(reason));
    if (refusal.code === 'invalid_client') void reply.header('www-authenticate', 'Basic realm="Cash-Mobile"');
    return reply.code(refusal.status).send({ error: refusal.code, error_description: refusal.message });
  });

  routes.post(
    BACKCHANNEL,
    {
      schema: {
        tags,
        summary: 'Ask a person to log in (CIBA)',
        description: 'The answer is the same whether the number is of somebody who can be asked or not.',
        consumes: [FORM],
        body: BackchannelBody,
        response: { 200: AcknowledgementView, ...refusals },
      },
    },
    async (request) => ciba.authorize(clientOf(request), request.body),
  );

  routes.post(
    TOKEN,
    {
      schema: {
        tags,
        summary: 'Fetch the tokens of a login, once',
        consumes: [FORM],
        body: TokenBody,
        response: { 200: TokenView, ...refusals },
      },
    },
    async (request) => ciba.token(clientOf(request), request.body),
  );
}

function clientOf(request: FastifyRequest): RelyingParty {
  const client = cibaClientOf(request);
  if (client === undefined) throw new Error('the route is not one for clients of CIBA');
  return client;
}

const FORM = 'application/x-www-form-urlencoded';

/** Bodies are forms, and nothing else (RFC 6749, 3.2). */
function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(FORM, { parseAs: 'string' }, async (_request: unknown, body: string) => {
    const fields = new URLSearchParams(body);
    const names = [...fields.keys()];
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new OAuthError('invalid_request', `${twice} is there more than once`);
    return Object.fromEntries(fields);
  });
}

/** What is refused because of the request, in the words of OAuth; `undefined`: it has nothing to do with them. */
function refusalOf(error: FastifyError): OAuthError | undefined {
  if (error instanceof OAuthError) return error;
  if (error instanceof ServiceError && error.code === 'unauthorized')
    return new OAuthError('invalid_client', error.message);
  const isOfRequest = error.statusCode === 400 || error.statusCode === 413 || error.statusCode === 415;
  return isOfRequest ? new OAuthError('invalid_request', error.message) : undefined;
}
