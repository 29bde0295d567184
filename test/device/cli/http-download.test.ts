import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HttpDownload } from '../../../device/cli/http-download.ts';
import type { Downloaded } from '../../../device/index.ts';

let servers: Server[] = [];
let base = '';
let answer: (request: IncomingMessage, response: ServerResponse) => void;

async function listening(): Promise<string> {
  const server = createServer((request, response) => answer(request, response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

beforeEach(async () => {
  base = await listening();
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers = [];
});

function get(url: string, limit = 100, told: number[] = [], allows: readonly string[] = []): Promise<Downloaded> {
  const download = new HttpDownload((host) => allows.includes(host));
  return download.get(url, { limit, signal: new AbortController().signal, progress: (octets) => told.push(octets) });
}

const JAD = 'text/vnd.sun.j2me.app-descriptor';

describe('A download', () => {
  test('gives the octets, their type without parameters, and tells how many have come', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'Text/Vnd.Sun.J2ME.App-Descriptor; charset=utf-8' }).end('ciao');
    const told: number[] = [];
    expect(await get(`${base}/a.jad`, 4, told)).toEqual({
      kind: 'content',
      type: JAD,
      octets: new Uint8Array(Buffer.from('ciao')),
    });
    expect(told.at(-1)).toBe(4);
  });

  test('has no type when the server gives none', async () => {
    answer = (_request, response) => response.end('');
    expect(await get(base)).toEqual({ kind: 'content', type: '', octets: new Uint8Array(0) });
  });

  test.each([204, 206, 401, 404, 500])('of an answer %d is that status', async (status) => {
    answer = (_request, response) => response.writeHead(status).end();
    expect(await get(base)).toEqual({ kind: 'status', status });
  });

  test('stops at its limit', async () => {
    answer = (_request, response) => response.end('x'.repeat(101));
    expect(await get(base)).toEqual({ kind: 'too-long' });
  });

  test('that breaks off is lost', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '50' });
      response.write('x');
      setImmediate(() => response.destroy());
    };
    expect(await get(base)).toMatchObject({ kind: 'lost', because: 'broken' });
  });

  test('from where nobody listens is lost', async () => {
    const [server] = servers;
    await new Promise((resolve) => server?.close(resolve));
    servers = [];
    expect(await get(base)).toMatchObject({ kind: 'lost', because: 'unreachable' });
  });

  test('ends when it is told to', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    const loading = new HttpDownload(() => false).get(base, { limit: 1, signal: stop.signal, progress: () => {} });
    expect(await loading).toMatchObject({ kind: 'lost' });
  });
});

describe('A redirect', () => {
  test('on the same host is followed, five times at most', async () => {
    answer = ({ url }, response) => {
      const left = Number(url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    };
    expect(await get(`${base}/5`)).toMatchObject({ kind: 'content' });
    expect(await get(`${base}/6`)).toMatchObject({ kind: 'refused', because: 'loop' });
  });

  test('to another host is refused, to another port as well, and nobody is asked there', async () => {
    const other = await listening();
    const hosts: (string | undefined)[] = [];
    answer = ({ headers }, response) => {
      hosts.push(headers.host);
      response.writeHead(302, { location: `${other}/a.jad` }).end();
    };
    expect(await get(base)).toMatchObject({
      kind: 'refused',
      because: 'elsewhere',
      reason: expect.stringContaining('another host'),
    });
    expect(hosts).toEqual([base.slice('http://'.length)]);
  });
});

// What Node's fetch fails with, and why nothing came.
test.each([
  ['ENOTFOUND', 'unknown-host'],
  ['ECONNREFUSED', 'unreachable'],
  ['UND_ERR_SOCKET', 'unreachable'],
  ['CERT_HAS_EXPIRED', 'certificate'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate'],
])('%s is %s', async (code, because) => {
  const cause = Object.assign(new Error(code), { code });
  const failing = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed', { cause }));
  try {
    expect(await get('http://127.0.0.1:1/')).toMatchObject({ kind: 'lost', because });
  } finally {
    failing.mockRestore();
  }
});

describe('A host', () => {
  test.each([
    ['http://pay.example/a.jad', 'unprotected', 'can be changed on its way'],
    ['http://allowed.example/a.jad', 'unprotected', 'can be changed on its way'],
    ['https://pay.example/a.jad', 'host', '--load-from pay.example'],
    ['https://allowed.example.evil.example/a.jad', 'host', '--load-from allowed.example.evil.example'],
    ['no URL', 'answer', 'is not a URL'],
  ])('%s is refused, %s: %s', async (url, because, reason) => {
    expect(await get(url, 100, [], ['allowed.example'])).toEqual({
      kind: 'refused',
      because,
      reason: expect.stringContaining(reason),
    });
  });
});

test('A notice is posted as a line of text; the answer is its status', async () => {
  let said = '';
  answer = (request, response) => {
    request.setEncoding('utf8').on('data', (part) => {
      said += `${request.method} ${part}`;
    });
    request.on('end', () => response.writeHead(204).end());
  };
  const posted = await new HttpDownload(() => false).post(base, '900 Success', new AbortController().signal);
  expect([posted, said]).toEqual([{ kind: 'status', status: 204 }, 'POST 900 Success']);
});
