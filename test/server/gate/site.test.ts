import { describe, expect, it } from 'vitest';
import { refusalOfSite } from '../../../server/gate/index.ts';

const NAMES = ['pay.example'];

describe('the Host of a request (against DNS rebinding)', () => {
  it.each<readonly [host: string | undefined, localAddress: string, status: 421 | undefined]>([
    ['127.0.0.1:8080', '127.0.0.1', undefined],
    ['127.0.0.1', '127.0.0.1', undefined],
    ['127.8.9.1:8080', '127.8.9.1', undefined],
    ['localhost:8080', '127.0.0.1', undefined],
    ['LocalHost.', '127.0.0.1', undefined],
    ['[::1]:8080', '::1', undefined],
    ['192.168.1.5:8443', '192.168.1.5', undefined],
    ['192.168.1.5:8443', '::ffff:192.168.1.5', undefined],
    ['[fd00::5]:8443', 'fd00::5', undefined],
    ['pay.example', '10.0.0.1', undefined],
    ['PAY.example.:443', '10.0.0.1', undefined],
    ['192.168.1.6:8443', '192.168.1.5', 421],
    ['[fd00::6]', 'fd00::5', 421],
    ['attacker.example:8080', '127.0.0.1', 421],
    ['localhost.attacker.example', '127.0.0.1', 421],
    ['127.0.0.1.attacker.example', '127.0.0.1', 421],
    ['attacker.example/127.0.0.1', '127.0.0.1', 421],
    ['attacker.example@127.0.0.1', '127.0.0.1', 421],
    ['127.0.0.1@attacker.example', '127.0.0.1', 421],
    ['127.0.0.1#attacker.example', '127.0.0.1', 421],
    ['127.attacker.example', '127.0.0.1', 421],
    ['notpay.example', '10.0.0.1', 421],
    ['pay.example.org', '10.0.0.1', 421],
    ['', '127.0.0.1', 421],
    [undefined, '127.0.0.1', 421],
  ])('%s at %s: %s', (host, localAddress, status) => {
    expect(refusalOfSite({ method: 'GET', headers: { host }, localAddress }, NAMES)?.status).toBe(status);
  });

  it('is none when nobody connected (a request within the process) and no name is given', () => {
    expect(refusalOfSite({ method: 'GET', headers: { host: '' } }, [''])?.status).toBe(421);
    expect(refusalOfSite({ method: 'GET', headers: { host: 'localhost:80' } }, [])).toBeUndefined();
  });
});

const HERE = '127.0.0.1:8080';

describe('the page behind a request', () => {
  it.each<readonly [origin: string | undefined, site: string | undefined, host: string, status: 403 | undefined]>([
    [undefined, undefined, HERE, undefined],
    [undefined, 'none', HERE, undefined],
    ['http://127.0.0.1:8080', 'same-origin', HERE, undefined],
    ['http://127.0.0.1:8080', undefined, HERE, undefined],
    ['http://localhost', undefined, 'localhost:80', undefined],
    ['https://localhost', undefined, 'localhost:443', undefined],
    ['https://pay.example', 'same-origin', HERE, undefined],
    ['http://127.0.0.1:8081', 'same-site', HERE, 403],
    ['http://localhost:8080', 'cross-site', HERE, 403],
    ['https://attacker.example', 'cross-site', HERE, 403],
    ['https://attacker.example', undefined, HERE, 403],
    ['https://pay.example:8443', undefined, HERE, 403],
    ['https://pay.example.attacker.example', undefined, HERE, 403],
    ['http://127.0.0.1:8080@attacker.example', undefined, HERE, 403],
    ['null', undefined, HERE, 403],
    ['', undefined, HERE, 403],
    ['file://', undefined, HERE, 403],
    [undefined, 'cross-site', HERE, 403],
    [undefined, 'same-site', HERE, 403],
    ['http://127.0.0.1:8080', 'cross-site', HERE, 403],
  ])('%s, %s: %s', (origin, site, host, status) => {
    const headers = {
      host,
      ...(origin !== undefined && { origin }),
      ...(site !== undefined && { 'sec-fetch-site': site }),
    };
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect(refusalOfSite({ method, headers }, NAMES)?.status, method).toBe(status);
    }
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      expect(refusalOfSite({ method, headers }, NAMES), method).toBeUndefined();
    }
  });

  it('is told what was wrong, and no more of it than fits a line', () => {
    expect(refusalOfSite({ method: 'GET', headers: { host: `${'a'.repeat(500)}.example` } }, [])?.sentence).toBe(
      `The Host of the request, "${'a'.repeat(100)}", is no name of this server`,
    );
    expect(refusalOfSite({ method: 'POST', headers: { host: HERE, origin: 'http://a.example' } }, [])?.sentence).toBe(
      'A page of another site, "http://a.example", may change nothing here',
    );
  });
});
