import type { AskOverHttp, HttpRequest } from '../../../../server/index.ts';
import { paypalRail } from '../../../../server/index.ts';
import type { RailOrder } from '../../../../server/rails/rail.ts';
import { ref } from '../../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../../sim/index.ts';

const TXN = ref('0123456789abcdef');

/** A charge of EUR 12.50, asked for at the start of the clock. */
export const CHARGE: RailOrder = {
  key: `${TXN}:charge`,
  txn: TXN,
  kind: 'charge',
  amount: { minor: 1_250, currency: 'EUR' },
  payer: 'clearing:paypal',
  merchant: 'merchant:1',
  note: JSON.stringify({ from: new VirtualClock().now(), vaultId: '8kk8451t' }),
};

/** Its refund, of all. */
export const REFUND: RailOrder = {
  ...CHARGE,
  key: `${TXN}:refund-1`,
  kind: 'refund',
  note: JSON.stringify({ from: new VirtualClock().now(), captureId: 'C1' }),
};

/** What a test lets PayPal answer. */
export type Scripted = readonly [status: number, body: unknown] | Error;

/** A rail at a PayPal that gives tokens, and answers everything else as the test says, one after the other. */
export function scripted(...answers: readonly Scripted[]) {
  const clock = new VirtualClock();
  const left = [...answers];
  const asked: HttpRequest[] = [];
  const granted: HttpRequest[] = [];
  const grants: Scripted[] = [];
  const told: string[] = [];
  const http: AskOverHttp = async (request) => {
    const isGrant = request.url.endsWith('/v1/oauth2/token');
    (isGrant ? granted : asked).push(request);
    const token = { access_token: `token ${granted.length}`, token_type: 'Bearer', expires_in: 32_400 };
    const answer = isGrant ? (grants.shift() ?? [200, token]) : left.shift();
    if (answer === undefined) throw new Error('PayPal was asked once too often');
    if (answer instanceof Error) throw answer;
    const [status, body] = answer;
    return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  };
  const rail = paypalRail({
    url: 'https://api-m.paypal.example',
    clientId: 'client',
    secret: 'secret',
    webhookId: '4JH86294D6297924G',
    certificateOrigins: ['https://api.paypal.example'],
    http,
    clock,
    vaultIdOf: () => undefined,
    told: (what) => told.push(what),
  });
  return { clock, rail, asked, granted, grants, told };
}
