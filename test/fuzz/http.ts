import { once } from 'node:events';
import { connect } from 'node:net';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { createServiceKeys, openService, servicePrimitives } from '../../server/index.ts';
import { found, type Target } from './target.ts';

/** After this long without an end, ms, the client has waited enough. */
const PATIENCE_MS = 2_000;

const NO_LIMIT = 1_000_000_000;

/** All that the server says on a connection of its own; the client ends its side at once. */
async function talk(port: number, request: Uint8Array): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let heard = '';
  socket.on('data', (octets) => {
    heard += octets.toString('latin1');
  });
  socket.on('error', () => {});
  const timer = systemClock.after(PATIENCE_MS, () => socket.destroy());
  socket.end(request);
  await once(socket, 'close');
  timer();
  return heard;
}

/** The API on a socket: whatever octets come, no answer says that the service has failed, and it goes on. */
export async function openHttp(): Promise<Target> {
  const faults: string[] = [];
  const { keys, adminKey } = createServiceKeys(servicePrimitives(), systemRandom);
  const limits = { public: NO_LIMIT, wrongKeys: NO_LIMIT, goodKey: NO_LIMIT, notices: NO_LIMIT };
  const service = await openService({
    ...{ database: ':memory:', keys, number: '+393400000000', clock: systemClock, random: systemRandom },
    http: { limits, patience: { headersMs: 500, requestMs: 500 } },
    log: ({ event }) => event.kind === 'fault' && faults.push(event.reason),
  });
  await service.addPerson({ number: '+393400000001', name: 'Anna', language: 'it' });
  const { apiKey } = await service.addMerchant({ name: 'Edicola', currency: 'EUR' });
  await service.http.listen({ port: 0, host: '127.0.0.1' });
  const address = service.http.server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const request = (line: string, key: string, body?: object) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const about = body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${text.length}`];
    const head = [`${line} HTTP/1.1`, 'Host: localhost', `Authorization: Bearer ${key}`, 'Connection: close', ...about];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`);
  };
  const amount = { minor: 100, currency: 'EUR' };
  return {
    corpus: [
      request('GET /health', ''),
      request('GET /v1/payments?state=CAPTURED&limit=5', apiKey),
      request('POST /v1/payments', apiKey, { mref: 'a', customer: '+393400000001', amount, reference: 'x', ttl: 120 }),
      request('POST /v1/payments/0123456789abcdef/refund', apiKey, { key: 'r', amount }),
      request('GET /v1/payments/0123456789abcdef?wait=1', apiKey),
      request('POST /v1/people', adminKey, { number: '+393400000003', name: 'Carla', language: 'en' }),
      request('POST /v1/people/1/deposits', adminKey, { amount, reference: 'd' }),
      request('GET /v1/people?number=%2B393400000001', adminKey),
      request('POST /v1/merchants', adminKey, { name: 'Bar', currency: 'EUR', personId: 1 }),
      request('GET /d/0123456789abcdef0123456789abcdef.jad', ''),
      request('POST /v1/rails/ledger/notices', '', { a: 1 }),
    ],
    async run(octets) {
      const heard = await talk(port, octets);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1] ?? '';
      found(/^5/.test(status) && status !== '503', `the answer is ${heard.slice(0, 200)}`);
      found(faults.length > 0, `the service has a fault: ${faults[0]}`);
      found(/\bat .*\.ts:\d+|node_modules/.test(heard), 'the answer tells of the program');
    },
    close: () => service.close(),
  };
}
