import { describe, expect, test } from 'vitest';
import { INSTALL_TEXTS } from '../../../device/firmware/install-texts.ts';
import {
  type Downloaded,
  type DownloadRequest,
  FlashError,
  type LostBecause,
  type Machine,
  memoryFlash,
  type RefusedBecause,
  textOf,
} from '../../../device/index.ts';
import { statusLine } from '../../../device/suite/index.ts';
import { settle } from '../bench.ts';
import {
  type AirBench,
  airBench,
  contentsOf,
  FakeServer,
  JAR_TYPE,
  type SuiteParts,
  suiteFiles,
} from './over-the-air.ts';

const NOTIFY = 'https://pay.example/installed';
const WITH_NOTIFY = { 'MIDlet-Install-Notify': NOTIFY };
const OTHER_SEED = new Uint8Array(32).fill(9);

type Status = keyof typeof INSTALL_TEXTS.en.failures | '903';

/** What the owner reads of a file that did not come. */
const trouble = (because: keyof typeof INSTALL_TEXTS.en.troubles, status: Status) =>
  `${INSTALL_TEXTS.en.troubles[because]} (${status}).`;

/** A phone whose server offers a suite that wants to be told. */
function phoneWith(parts: SuiteParts = {}, options: Parameters<typeof airBench>[0] = {}): AirBench {
  const files = suiteFiles({ ...parts, descriptor: { ...WITH_NOTIFY, ...parts.descriptor } });
  return airBench({ server: new FakeServer().offer(files), ...options });
}

/** Never answers, until it is told to stop. */
function silence({ signal }: DownloadRequest): Promise<Downloaded> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'lost', because: 'broken', reason: 'stopped' }));
  });
}

/** What a failed installation leaves: nothing but the message that it began with. */
async function expectFailure(
  air: AirBench,
  status: Status,
  before: Readonly<Record<string, unknown>>,
  words: string = status === '903' ? trouble('broken', status) : INSTALL_TEXTS.en.failures[status],
): Promise<void> {
  expect(air.events).toContainEqual(expect.objectContaining({ kind: 'not-installed', status: Number(status) }));
  expect(textOf(air.phone.screen)).toContain(words);
  expect(air.server.told).toEqual([[NOTIFY, statusLine(Number(status) as Parameters<typeof statusLine>[0])]]);
  const { inbox: _, ...after } = contentsOf(air.flash);
  const { inbox: __, ...unchanged } = before;
  expect(after).toEqual(unchanged);
  await air.select('OK');
  expect(air.phone.screen.kind).toBe('idle');
}

// JSR-118, Over The Air User Initiated Provisioning Specification, "Installation status codes".
describe('A descriptor is refused before its JAR is loaded', () => {
  test.each<[status: Status, what: string, parts: SuiteParts]>([
    ['901', 'asks for more records than a phone has', { attributes: { 'MIDlet-Data-Size': '999999999' } }],
    ['901', 'has a JAR that no phone takes', { descriptor: { 'MIDlet-Jar-Size': '100000' } }],
    ['906', 'has no vendor', { descriptor: { 'MIDlet-Vendor': undefined } }],
    ['906', 'has no size of its JAR', { descriptor: { 'MIDlet-Jar-Size': undefined } }],
    ['906', 'has a version that is none', { descriptor: { 'MIDlet-Version': 'new' } }],
    ['909', 'was changed after it was signed', { descriptor: { 'MIDlet-Info-URL': 'https://pay.example/signed' } }],
  ])('%s: one that %s', async (status, _what, parts) => {
    const air = phoneWith(parts);
    if (status === '909') {
      const { jad, jar } = suiteFiles({ descriptor: { ...WITH_NOTIFY, ...parts.descriptor } });
      const changed = Buffer.from(jad).toString().replace('/signed', '/forged');
      air.server.offer({ jad: new Uint8Array(Buffer.from(changed)), jar });
    }
    const before = contentsOf(air.flash);
    await air.openLink();
    expect(air.server.asked).toHaveLength(1);
    await expectFailure(air, status, before);
  });

  test('910: one of the same name and vendor as an application that somebody else has signed', async () => {
    const air = airBench();
    await air.install();
    await air.select('Later');
    air.server.offer(suiteFiles({ version: '2.0', seed: OTHER_SEED, descriptor: WITH_NOTIFY }));
    const before = contentsOf(air.flash);
    await air.openLink();
    await expectFailure(air, '910', before);
  });
});

describe('A JAR is refused', () => {
  const { jar } = suiteFiles();
  const content =
    (octets: Uint8Array, type = JAR_TYPE) =>
    (): Downloaded => ({ kind: 'content', type, octets });

  test.each<[status: Status, what: string, parts: SuiteParts, answer?: () => Downloaded, words?: string]>([
    ['903', 'does not come', {}, () => ({ kind: 'lost', because: 'broken', reason: 'no network' })],
    ['904', 'is longer than the descriptor says', { descriptor: { 'MIDlet-Jar-Size': '100' } }],
    ['904', 'is shorter', {}, content(jar.subarray(0, 100))],
    ['905', 'contradicts the descriptor', { descriptor: { 'MIDlet-Name': 'Other' } }],
    ['907', 'is not there', {}, () => ({ kind: 'status', status: 404 }), trouble('nothing', '907')],
    ['907', 'is of another type', {}, content(jar, 'text/html')],
    [
      '907',
      'would come from another host',
      {},
      () => ({ kind: 'refused', because: 'elsewhere', reason: 'another host' }),
      trouble('elsewhere', '907'),
    ],
    [
      '907',
      'is no zip',
      { descriptor: { 'MIDlet-Jar-Size': '9', 'MIDlet-Jar-SHA256': undefined }, seed: null },
      content(new Uint8Array(9)),
    ],
    ['908', 'needs another profile', { attributes: { 'MicroEdition-Profile': 'MIDP-3.0' } }],
    ['909', 'is not the one that was signed', { descriptor: { 'MIDlet-Jar-SHA256': '00'.repeat(32) } }],
    [
      '910',
      'asks for what no phone gives',
      { attributes: { 'MIDlet-Permissions': 'javax.microedition.io.Connector.http' } },
    ],
    ['911', 'registers a class that is not there', { attributes: { 'MIDlet-Push-1': 'sms://:5000, Nobody, *' } }],
  ])('%s: one that %s', async (status, _what, parts, answer, words) => {
    const air = phoneWith(parts);
    if (answer !== undefined) air.server.answerJar(answer);
    const before = contentsOf(air.flash);
    await air.install();
    await expectFailure(air, status, before, words);
  });

  test('901: one for which the flash has no room', async () => {
    const air = phoneWith({}, { flash: memoryFlash(1_000) });
    const before = contentsOf(air.flash);
    await air.install();
    await expectFailure(air, '901', before);
  });

  test('902: one that the owner does not want, without another word', async () => {
    const air = phoneWith();
    const before = contentsOf(air.flash);
    await air.openLink();
    await air.select('Cancel');
    expect(air.phone.screen.kind).toBe('idle');
    expect(air.server.told).toEqual([[NOTIFY, '902 User Cancelled']]);
    const { inbox: _, ...after } = contentsOf(air.flash);
    const { inbox: __, ...unchanged } = before;
    expect(after).toEqual(unchanged);
  });

  test('911: one whose port another application has', async () => {
    const push = { 'MIDlet-Push-1': 'sms://:5000, Chat, *' };
    const air = airBench({ server: new FakeServer().offer(suiteFiles({ attributes: push })) });
    await air.install();
    await air.select('Later');
    air.server.offer(suiteFiles({ attributes: { ...push, 'MIDlet-Name': 'Other' }, descriptor: WITH_NOTIFY }));
    const before = contentsOf(air.flash);
    await air.install();
    await expectFailure(air, '911', before);
  });

  test('907: one whose program has not the class', async () => {
    const missing = (): never => {
      throw new Error('The suite exports no class Chat');
    };
    const air = phoneWith({}, { scripts: () => missing });
    const before = contentsOf(air.flash);
    await air.install();
    await expectFailure(air, '907', before);
  });
});

describe('A download', () => {
  test.each([
    ['the cancel key', (air: AirBench) => air.select('Cancel')],
    ['the red key', async (air: AirBench) => air.phone.press('power')],
    ['the end of the phone', async (air: AirBench) => air.handset.powerOff()],
  ])('is cancelled by %s: 902, and the phone is as before', async (_what, end) => {
    const air = phoneWith();
    let stopped = false;
    air.server.answerJar(async (request) => {
      request.progress(10);
      const silent = await silence(request);
      stopped = true;
      return silent;
    });
    const before = contentsOf(air.flash);
    await air.install();
    expect(textOf(air.phone.screen)).toContain('Loading');
    await end(air);
    await settle(air.clock);
    expect([stopped, air.phone.screen.kind]).toEqual([true, air.phone.screen.kind === 'off' ? 'off' : 'idle']);
    air.handset.powerOn();
    await settle(air.clock);
    expect(air.server.told).toEqual([[NOTIFY, '902 User Cancelled']]);
    const { inbox: _, ...after } = contentsOf(air.flash);
    const { inbox: __, ...unchanged } = before;
    expect(after).toEqual(unchanged);
  });

  test.each<[how: string, looked: (program: PromiseWithResolvers<Machine>) => void]>([
    ['is right', ({ resolve }) => resolve({ enter() {}, memory: () => 0, fuel: () => 0, end() {} })],
    ['is not', ({ reject }) => reject(new Error('The suite exports no class Chat'))],
  ])(
    'that the red key ends while its program is looked at installs nothing and says nothing: it %s',
    async (...[, looked]) => {
      const program = Promise.withResolvers<Machine>();
      const air = phoneWith({}, { scripts: () => () => program.promise });
      await air.install();
      air.phone.press('power');
      looked(program);
      await settle(air.clock);
      expect([air.phone.screen.kind, air.handset.applications]).toEqual(['idle', []]);
    },
  );

  test('waits 10 s for a server that is silent, and longer for one that is slow', async () => {
    const air = phoneWith();
    let request: DownloadRequest | undefined;
    air.server.answerJar((given) => {
      request = given;
      return silence(given);
    });
    await air.install();
    await air.clock.advance(9_000);
    request?.progress(10);
    await air.clock.advance(9_000);
    expect(textOf(air.phone.screen)).toContain('Loading');
    await air.clock.advance(1_000);
    expect(textOf(air.phone.screen)).toContain('(903)');
  });

  test('takes two minutes at most', async () => {
    const air = phoneWith();
    let request: DownloadRequest | undefined;
    air.server.answerJar((given) => {
      request = given;
      return silence(given);
    });
    await air.install();
    for (let seconds = 0; seconds < 119; seconds += 7) {
      request?.progress(seconds);
      await air.clock.advance(7_000);
    }
    await air.clock.advance(1_000);
    expect(textOf(air.phone.screen)).toContain('(903)');
  });

  const { troubles } = INSTALL_TEXTS.en;
  const lost = (because: LostBecause): Downloaded => ({ kind: 'lost', because, reason: 'no network' });
  const refused = (because: RefusedBecause): Downloaded => ({ kind: 'refused', because, reason: 'not from there' });
  const status = (code: number): Downloaded => ({ kind: 'status', status: code });

  // RFC 9110, 15, for what a server answers; the rest is what the way to it ends with.
  test.each<[what: string, answer: Downloaded, text: string]>([
    ['there is nothing', status(404), `${troubles.nothing}.`],
    ['there is nothing any more', status(410), `${troubles.nothing}.`],
    ['the server wants a password', status(401), `${troubles.forbidden}.`],
    ['the server forbids it', status(403), `${troubles.forbidden}.`],
    ['the server fails', status(500), `${troubles.fault}.`],
    ['a server before it fails', status(503), `${troubles.fault}.`],
    ['the server answers something else', status(204), `${troubles.answer}.`],
    ['the server sends the phone nowhere', status(302), `${troubles.answer}.`],
    ['the host is not allowed', refused('host'), `${troubles.host}.`],
    ['others could change it', refused('unprotected'), `${troubles.unprotected}.`],
    ['the server sends the phone on to another host', refused('elsewhere'), `${troubles.elsewhere}.`],
    ['the server sends the phone on and on', refused('loop'), `${troubles.loop}.`],
    ['the server sends the phone on to what is no URL', refused('answer'), `${troubles.answer}.`],
    ['there is a page', { kind: 'content', type: 'text/html', octets: new Uint8Array(9) }, '(906)'],
    ['there is too much', { kind: 'too-long' }, '(906)'],
    ['there is no such host', lost('unknown-host'), `${troubles['unknown-host']} (903).`],
    ['nobody answers', lost('unreachable'), `${troubles.unreachable} (903).`],
    ['the certificate is wrong', lost('certificate'), `${troubles.certificate} (903).`],
    ['it breaks off', lost('broken'), `${troubles.broken} (903).`],
  ])('of a descriptor fails when %s; nobody is told, who is not known', async (_what, answer, text) => {
    const air = phoneWith();
    for (const url of air.server.answers.keys()) air.server.answers.set(url, () => answer);
    await air.openLink();
    expect(textOf(air.phone.screen)).toContain(text);
    expect(air.server.told).toEqual([]);
  });

  test('of a descriptor that says nothing for 10 s says so', async () => {
    const air = phoneWith();
    for (const url of air.server.answers.keys()) air.server.answers.set(url, silence);
    await air.openLink();
    await air.clock.advance(10_000);
    expect(textOf(air.phone.screen)).toContain(`${troubles.silent} (903).`);
  });

  test('has other words for each trouble', () => {
    for (const { troubles: words, failures } of Object.values(INSTALL_TEXTS)) {
      const all = [...Object.values(words), ...Object.values(failures)];
      expect(new Set(all).size).toBe(all.length);
    }
  });
});

describe('What a server is told', () => {
  test('is 900 when the application is installed', async () => {
    const air = phoneWith();
    await air.install();
    expect(air.server.told).toEqual([[NOTIFY, '900 Success']]);
    expect(contentsOf(air.flash)).not.toHaveProperty('notices');
  });

  test('waits in the flash for a connection, and is sent when the phone is on again', async () => {
    const air = phoneWith();
    air.server.answerJar(() => ({ kind: 'lost', because: 'broken', reason: 'no network' }));
    air.server.outcomes.push({ kind: 'lost', because: 'broken', reason: 'no network' });
    await air.install();
    expect([air.server.told, contentsOf(air.flash)['notices']]).toEqual([
      [],
      [{ url: NOTIFY, line: '903 Loss of Service', tries: 1 }],
    ]);
    const again = air.reboot();
    await settle(again.clock);
    expect(again.server.told).toEqual([[NOTIFY, '903 Loss of Service']]);
    expect(contentsOf(air.flash)).not.toHaveProperty('notices');
  });

  test.each([500, 201, 302])(
    'is told again after 10 minutes when the server answers %d, 10 times in all',
    async (status) => {
      const air = phoneWith();
      air.server.outcomes.push(...Array.from({ length: 20 }, () => ({ kind: 'status', status }) as const));
      await air.install();
      await air.clock.advance(599_000);
      expect(air.server.told).toHaveLength(1);
      await air.clock.advance(1_000);
      expect(air.server.told).toHaveLength(2);
      await air.clock.advance(36_000_000);
      expect(air.server.told).toHaveLength(10);
      expect(contentsOf(air.flash)).not.toHaveProperty('notices');
    },
  );

  test('is not told to a server that the phone does not ask', async () => {
    const air = phoneWith();
    air.server.outcomes.push({ kind: 'refused', because: 'host', reason: 'not from there' });
    await air.install();
    await air.clock.advance(36_000_000);
    expect(air.server.told).toHaveLength(1);
  });
});

test('The power goes at any write of an installation: the phone has the application of before or the new one, and what it stored', async () => {
  for (let cutAt = 1; cutAt < 8; cutAt += 1) {
    const flash = memoryFlash();
    const first = airBench({ flash });
    await first.install();
    await first.select('Start');
    first.phone.press('power');
    const before = Object.keys(contentsOf(flash));
    first.server.offer(suiteFiles({ version: '2.0', descriptor: WITH_NOTIFY }));
    let writes = 0;
    const cut = new FlashError('failed', 'no power');
    const dying = airBench({
      server: first.server,
      flash: {
        ...flash,
        write(name, value) {
          writes += 1;
          if (writes >= cutAt) throw cut;
          flash.write(name, value);
        },
      },
    });
    await dying.install().catch(() => {});
    const after = airBench({ flash });
    const versions = after.handset.applications.map(({ descriptor }) => descriptor.version);
    expect(versions).toHaveLength(1);
    expect(['1.0', '2.0']).toContain(versions[0]);
    await after.select('Menu', 'Applications', 'Chat');
    expect(textOf(after.phone.screen)).toContain('started 2');
    expect(Object.keys(contentsOf(flash))).toEqual(expect.arrayContaining(before));
  }
});
