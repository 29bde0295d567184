import { describe, expect, test } from 'vitest';
import { indicationIn, linkInText } from '../../../device/firmware/link.ts';
import { randomBelow, type ServiceIndication, serviceIndicationContent } from '../../../modem/index.ts';
import { seededRandom } from '../../../sim/index.ts';

describe('The link in a text', () => {
  test.each<[string, string | undefined]>([
    ['https://pay.example/d/1.jad', 'https://pay.example/d/1.jad'],
    ['Install http://127.0.0.1:8080/d/1.jad now', 'http://127.0.0.1:8080/d/1.jad'],
    ['Open https://pay.example/d/1.jad.', 'https://pay.example/d/1.jad'],
    ['(see https://pay.example/d/1.jad)', 'https://pay.example/d/1.jad'],
    ['https://pay.example/a_(b)', 'https://pay.example/a_(b)'],
    ['‘https://pay.example/d/1.jad’;', 'https://pay.example/d/1.jad'],
    ['«https://pay.example/d/1.jad»!', 'https://pay.example/d/1.jad'],
    ['<https://pay.example/d/1.jad>', 'https://pay.example/d/1.jad'],
    ['HTTPS://PAY.EXAMPLE/D', 'https://pay.example/D'],
    ['link:\nhttps://pay.example/\nBye', 'https://pay.example/'],
    ['https://a.example/ or https://b.example/', 'https://a.example/'],
    ['https://[ or https://b.example/', 'https://b.example/'],
    ['https://pay.example/?a=b&c=d#e', 'https://pay.example/?a=b&c=d#e'],
    ['https://bank.example@evil.example/', undefined],
    ['https://bank.example:x@evil.example/', undefined],
    ['https://:x@evil.example/', undefined],
    ['xhttps://pay.example/', undefined],
    ['1https://pay.example/', undefined],
    ['ftp://pay.example/', undefined],
    ['javascript:alert(1)', undefined],
    ['pay.example/d/1.jad', undefined],
    ['https://', undefined],
    ['Hello', undefined],
    ['', undefined],
    [`https://pay.example/${'x'.repeat(236)}`, `https://pay.example/${'x'.repeat(236)}`],
    [`https://pay.example/${'x'.repeat(236)}.`, `https://pay.example/${'x'.repeat(236)}`],
    [`https://pay.example/${'x'.repeat(237)}`, undefined],
    [`https://pay.example/${'.'.repeat(40_000)} https://b.example/`, 'https://b.example/'],
  ])('%j', (text, url) => {
    expect(linkInText(text)?.url).toBe(url);
  });

  test.each([
    ['https://pay.example:8443/d', 'pay.example:8443'],
    ['https://раypal.example/', 'xn--ypal-43d9g.example'],
    ['https://pay.example./', 'pay.example.'],
  ])('%s is shown with the host %s', (text, host) => {
    expect(linkInText(text)?.host).toBe(host);
  });
});

describe('The link in a WAP push', () => {
  const NOW = Date.UTC(2009, 5, 1);
  const pushed = (indication: Partial<ServiceIndication>) =>
    indicationIn(serviceIndicationContent({ text: 'Cash-Mobile', ...indication }), NOW)?.link;

  test.each<[string, Partial<ServiceIndication>, string | undefined]>([
    ['is its href', { href: 'https://www.pay.example/d/1.jad' }, 'https://www.pay.example/d/1.jad'],
    ['is there in every urgency', { href: 'http://pay.example/', action: 'signal-low' }, 'http://pay.example/'],
    ['is there until it expires', { href: 'http://pay.example/', expires: NOW + 1_000 }, 'http://pay.example/'],
    ['is not there when it has expired', { href: 'http://pay.example/', expires: NOW }, undefined],
    ['is not there without a href', {}, undefined],
    ['is not there when it is no URL', { href: '/d/1.jad' }, undefined],
    ['is not there when it is not of the web', { href: 'tel:+393400000000' }, undefined],
    ['is not there with a name before the host', { href: 'http://bank.example@evil.example/' }, undefined],
    ['is not there when it is too long', { href: `http://pay.example/${'x'.repeat(300)}` }, undefined],
  ])('%s', (_name, indication, url) => {
    expect(pushed(indication)).toBe(url);
  });

  test('is not looked for on another port, nor in what is no Service Indication', () => {
    const content = serviceIndicationContent({ text: '', href: 'http://pay.example/' });
    if (content.kind !== 'data') throw new Error('expected octets');
    expect(indicationIn({ ...content, ports: { destination: 2949, source: 9200 } }, NOW)).toBeUndefined();
    expect(indicationIn({ kind: 'data', data: content.data }, NOW)).toBeUndefined();
    expect(indicationIn({ ...content, data: content.data.subarray(1) }, NOW)).toBeUndefined();
    expect(indicationIn({ ...content, data: new Uint8Array(0) }, NOW)).toBeUndefined();
  });

  test('damaged anywhere is a link or none, and never an error', () => {
    const count = Number(process.env['CASH_MOBILE_MUTANTS'] ?? 1_500);
    const random = seededRandom('pushes');
    const content = serviceIndicationContent({
      text: 'Cash-Mobile',
      href: 'http://pay.example/d/1.jad',
      created: NOW,
      id: 'x',
    });
    if (content.kind !== 'data') throw new Error('expected octets');
    for (let left = count; left > 0; left -= 1) {
      const data = content.data.slice(0, content.data.length - randomBelow(random, 4));
      for (let changes = randomBelow(random, 6); changes >= 0; changes -= 1)
        data[randomBelow(random, data.length)] = randomBelow(random, 256);
      const link = indicationIn({ ...content, data }, NOW)?.link;
      if (link !== undefined) expect(link).toMatch(/^https?:\/\/[^\s\p{Cc}]{1,780}$/u);
    }
  });
});
