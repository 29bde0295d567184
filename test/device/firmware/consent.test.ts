import { describe, expect, test } from 'vitest';
import { choicesFor } from '../../../device/firmware/permissions.ts';
import { type Downloaded, memoryFlash, textOf } from '../../../device/index.ts';
import type { IncomingSms } from '../../../modem/index.ts';
import { settle } from '../bench.ts';
import { SIGNER } from '../suite/built-suite.ts';
import { type AirBench, airBench, FakeServer, JAR_TYPE, type SuiteParts, suiteFiles } from './over-the-air.ts';

const SERVICE = '+393400000001';
const PERMISSIONS = [
  'javax.microedition.io.Connector.sms',
  'javax.wireless.messaging.sms.send',
  'javax.wireless.messaging.sms.receive',
].join(', ');

/** An application that sends to each number of Numbers, one after the other, and shows how each ended; before that it listens. */
const TALKER = `
  const { MIDlet, Display, Form, StringItem, openConnection } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      const form = new Form('Talker');
      Display.getDisplay(this).setCurrent(form);
      const say = (words) => form.append(new StringItem('', words));
      const may = () => ['send', 'receive'].map((what) => this.checkPermission('javax.wireless.messaging.sms.' + what)).join(' ');
      say('may ' + may());
      try {
        openConnection(this.context, 'sms://:5000');
        say('listens');
      } catch (error) {
        say('deaf: ' + error.name);
      }
      const send = async () => {
        for (const number of (this.getAppProperty('Numbers') ?? '').split(' ')) {
          const address = 'sms://' + number;
          try {
            await openConnection(this.context, address).send({ kind: 'text', address, text: 'ciao' });
            say('sent ' + number);
          } catch (error) {
            say(error.name + ' ' + number);
          }
        }
        say('done, may ' + may());
      };
      void send();
    }
    pauseApp() {}
    destroyApp() {}
  };`;

function talker(numbers: string, parts: SuiteParts = {}): SuiteParts {
  const attributes = {
    'MIDlet-Permissions': PERMISSIONS,
    'Safe-Mobile-Service': SERVICE,
    'MIDlet-Push-1': 'sms://:5000, Chat, *',
    Numbers: numbers,
    ...parts.attributes,
  };
  return { script: TALKER, ...parts, attributes };
}

/** A phone with the talker, which was started. */
async function started(parts: SuiteParts): Promise<AirBench> {
  const air = airBench({ server: new FakeServer().offer(suiteFiles(parts)) });
  await air.install();
  await air.select('Start');
  return air;
}

/** What the phone asks, as long as it asks; each is answered. */
async function answered(air: AirBench, ...answers: readonly ('Allow' | 'Refuse')[]): Promise<readonly string[]> {
  const asked: string[] = [];
  for (const answer of answers) {
    asked.push(textOf(air.phone.screen).split('\n')[1] ?? '');
    await air.select(answer);
  }
  return asked;
}

describe('An application that is signed', () => {
  test('listens and sends to its service without a question', async () => {
    const air = await started(talker(SERVICE));
    expect(textOf(air.phone.screen)).toMatch(new RegExp(`listens\\n.*sent \\${SERVICE}\\ndone`, 's'));
    expect(air.radio.sent).toHaveLength(1);
  });

  test.each([
    ['Allow', ['sent +391', 'sent +392'], 2],
    ['Refuse', ['SecurityException +391', 'SecurityException +392'], 0],
  ] as const)('asks once a run for other numbers: %s', async (answer, words, sent) => {
    const air = await started(talker('+391 +392'));
    expect(await answered(air, answer)).toEqual(['Chat wants to send SMS until it is closed, now one to +391.']);
    expect(textOf(air.phone.screen)).toMatch(
      answer === 'Allow' ? /may -1 1\n.*done, may 1 1/s : /may -1 1\n.*done, may 0 1/s,
    );
    for (const word of words) expect(textOf(air.phone.screen)).toContain(word);
    expect(air.radio.sent).toHaveLength(sent);
    air.phone.press('power');
    await air.select('Menu', 'Applications', 'Chat');
    expect(textOf(air.phone.screen)).toContain('wants to send');
  });
});

describe('An application that nobody signed', () => {
  const unsigned = (numbers: string) => talker(numbers, { seed: null });

  test('asks once a run for its ports, and for each SMS, its service included', async () => {
    const air = await started(unsigned(`+391 ${SERVICE}`));
    expect(await answered(air, 'Allow', 'Refuse', 'Allow')).toEqual([
      'Chat wants to receive SMS until it is closed.',
      'Chat wants to send an SMS to +391.',
      `Chat wants to send an SMS to ${SERVICE}.`,
    ]);
    expect(textOf(air.phone.screen)).toContain('listens');
    expect(textOf(air.phone.screen)).toContain('SecurityException +391');
    expect(air.radio.sent.map(({ destination }) => destination)).toEqual([SERVICE]);
  });

  test('does not listen when the owner refuses it', async () => {
    const air = await started(unsigned('+391'));
    await answered(air, 'Refuse', 'Refuse');
    expect(textOf(air.phone.screen)).toContain('deaf: SecurityException');
  });

  test('is not opened by a message without a question', async () => {
    const air = await started(unsigned('+391'));
    air.phone.press('power');
    const content = { kind: 'text', text: 'x', ports: { destination: 5000, source: 0 } } as const;
    await air.radio.deliver({ originator: '+391', sentAt: 0, content });
    await settle(air.clock);
    expect(textOf(air.phone.screen)).toContain('A message for Chat (NOT SIGNED) has come. Open it now?');
  });

  test('is asked for no more when it has ended; the message is not sent', async () => {
    const air = await started(unsigned('+391'));
    await air.select('Allow');
    air.phone.press('power');
    await settle(air.clock);
    expect([air.phone.screen.kind, air.radio.sent]).toEqual(['idle', []]);
  });
});

describe('A question that comes while keys are pressed', () => {
  test('about sending is not answered by the key that made the application send', async () => {
    const air = await started(talker('+391'));
    expect(air.phone.screen.keysLocked).toBe(true);
    air.phone.press('soft-left');
    await settle(air.clock);
    expect(air.radio.sent).toEqual([]);
    await answered(air, 'Allow');
    expect(air.radio.sent).toHaveLength(1);
  });

  test('about an application that nobody signed is not answered by a key for the menu', async () => {
    const air = await started(talker('+391', { seed: null }));
    air.phone.press('power');
    air.phone.press('soft-left');
    const content = { kind: 'text', text: 'x', ports: { destination: 5000, source: 0 } } as const;
    await air.radio.deliver({ originator: '+391', sentAt: 0, content });
    await settle(air.clock);
    air.phone.press('soft-left');
    await settle(air.clock);
    expect(air.phone.screen).toMatchObject({ kind: 'alert', title: 'Chat', keysLocked: true });
    air.phone.press('power');
    air.phone.press('soft-left');
    expect(air.phone.screen.title).toBe('Menu');
  });
});

describe('The owner', () => {
  // What is chosen on the screen, what the application is then asked, and what it says.
  test.each<[seed: 'signed' | 'not signed', choices: readonly string[], asked: readonly string[], says: RegExp]>([
    ['signed', ['Always'], [], /may 1 1\n.*sent \+391/s],
    ['signed', ['Ask for each'], ['Chat wants to send an SMS to +391.'], /may -1 1\n.*sent \+391\ndone, may -1 1/s],
    ['signed', ['Never'], [], /may 0 1.*listens.*SecurityException \+391/s],
    [
      'not signed',
      ['Never'],
      ['Chat wants to receive SMS until it is closed.'],
      /may 0 1.*listens.*SecurityException \+391/s,
    ],
  ])('chooses what an application may do, %s: %j', async (seed, choices, asked, says) => {
    const air = await started(talker('+391', seed === 'signed' ? {} : { seed: null }));
    air.phone.press('power');
    await air.select('Menu', 'Applications', 'Details', 'Permissions', ...choices, 'OK');
    const again = air.reboot();
    await again.select('Menu', 'Applications', 'Chat');
    expect(await answered(again, ...asked.map(() => 'Allow' as const))).toEqual(asked);
    expect(textOf(again.phone.screen)).toMatch(says);
    again.phone.press('power');
    await again.select('Menu', 'Applications', 'Details', 'Remove', 'Remove');
    expect(again.flash.read('permissions')).toBeUndefined();
  });

  test('has nothing to choose for an application that is part of the phone', () => {
    const air = airBench({ flash: memoryFlash() });
    const suite = air.handset.install(
      'MIDlet-Name: Pay\nMIDlet-Version: 1.0\nMIDlet-Vendor: I\nMIDlet-1: Pay,,CashMobile\n',
    ).suite;
    expect(choicesFor(suite)).toEqual({ send: ['blanket'], receive: ['blanket'], start: ['blanket'] });
  });
});

describe('A message for another application than the one that runs', () => {
  const OTHER = { 'MIDlet-Name': 'Other', 'MIDlet-Push-1': 'sms://:6000, Chat, *' };
  const forOther = (sentAt: number): IncomingSms => ({
    originator: '+391',
    sentAt,
    content: { kind: 'text', text: 'x', ports: { destination: 6000, source: 0 } },
  });

  /** Chat runs, Other is installed. */
  async function twoOf(script?: string): Promise<AirBench> {
    const server = new FakeServer().offer(suiteFiles({ attributes: OTHER }));
    const air = airBench({ server, trustedKeys: [SIGNER] });
    await air.install();
    await air.select('Later');
    server.offer(suiteFiles(script === undefined ? {} : { script }));
    await air.install();
    await air.select('Start');
    air.events.length = 0;
    return air;
  }

  test('rings, and is asked about; yes closes the one and opens the other', async () => {
    const air = await twoOf();
    await air.radio.deliver(forOther(0));
    await settle(air.clock);
    expect(air.events).toContainEqual({ kind: 'sound', tone: 'attention' });
    expect(textOf(air.phone.screen)).toContain('A message for Other has come. Open it now? Chat will be closed.');
    await air.select('Open');
    expect(textOf(air.phone.screen)).toContain('started 1');
    expect(air.events.filter(({ kind }) => kind === 'application')).toEqual([
      { kind: 'application', name: 'Chat', state: 'ended' },
      { kind: 'application', name: 'Other', state: 'started' },
    ]);
  });

  test('says what it is about in the words of an application that somebody signed, in the language of the phone', async () => {
    const about = {
      'MIDlet-Description': 'chess {}',
      'MIDlet-Description-it': `scacchi ${'x'.repeat(40)}`,
    };
    const asked = async (language: 'en' | 'it', parts: SuiteParts, trustedKeys: readonly string[] = [], more = {}) => {
      const server = new FakeServer().offer(suiteFiles({ ...parts, attributes: { ...OTHER, ...about, ...more } }));
      const air = airBench({ server, language, trustedKeys, askBeforeOpening: true });
      const [install, later] = language === 'en' ? ['Install', 'Later'] : ['Installa', 'Più tardi'];
      await air.text();
      air.phone.press('soft-right');
      air.phone.press('select');
      await air.select(...(language === 'en' ? ['Open', 'Open'] : ['Apri', 'Apri']), install, later);
      await air.radio.deliver(forOther(0));
      await settle(air.clock);
      return air.phone.screen.items[0]?.label;
    };
    expect(await asked('en', {})).toBe('A message for Other (UNKNOWN KEY, chess {}) has come. Open it now?');
    expect(await asked('en', {}, [SIGNER])).toBe('A message for Other (chess {}) has come. Open it now?');
    expect(await asked('en', { seed: null })).toBe('A message for Other (NOT SIGNED) has come. Open it now?');
    // A name that reads as the question leaves room for the mark.
    const question = { 'MIDlet-Name': 'Cash-Mobile (payments by SMS) has come: EUR 12.50. Open it now?' };
    const called = 'Cash-Mobile (payments… (NOT SIGNED)';
    expect(await asked('en', { seed: null }, [], question)).toBe(`A message for ${called} has come. Open it now?`);
    expect(await asked('it', {}, [SIGNER])).toBe(
      `È arrivato un messaggio per Other (scacchi ${'x'.repeat(31)}…). Aprire ora?`,
    );
  });

  test('takes no key for a second: one that was pressed for what stood there answers nothing', async () => {
    const air = await twoOf();
    await air.radio.deliver(forOther(0));
    await settle(air.clock);
    const locked = { keysLocked: true, softKeys: { left: '', right: '' }, title: 'Other' };
    for (const key of ['soft-left', 'soft-right', 'select', 'clear'] as const) {
      air.phone.press(key);
      expect(air.phone.screen).toMatchObject(locked);
    }
    await air.clock.advance(999);
    air.phone.press('soft-left');
    expect(air.phone.screen).toMatchObject(locked);
    const drawn: unknown[] = [];
    air.handset.watch((event) => event.kind === 'screen' && drawn.push(event.screen.softKeys));
    await air.clock.advance(1);
    expect(air.phone.screen.keysLocked).toBeUndefined();
    expect(drawn).toEqual([{ left: 'Open', right: 'Later' }]);
    air.phone.press('soft-right');
    expect(air.phone.screen.title).toBe('Chat 1.0');
    air.phone.press('down');
    await settle(air.clock);
    await air.radio.deliver(forOther(1_000));
    await settle(air.clock);
    expect(air.phone.screen).toMatchObject(locked);
  });

  test('lets the red key work at once: the other application comes unasked too, and nothing is locked after it', async () => {
    const air = await twoOf();
    await air.radio.deliver(forOther(0));
    await settle(air.clock);
    air.phone.press('power');
    await settle(air.clock);
    expect(air.phone.screen).toMatchObject({
      title: 'Chat 1.0',
      indicator: { text: '✓ Other' },
      keysLocked: true,
    });
    air.phone.press('power');
    air.phone.press('soft-left');
    expect(air.phone.screen.title).toBe('Menu');
  });

  test('is put off by no: the screen is back, and the other one is opened when the first has ended', async () => {
    const air = await twoOf();
    const before = textOf(air.phone.screen);
    await air.radio.deliver(forOther(0));
    await settle(air.clock);
    await air.select('Later');
    expect(textOf(air.phone.screen)).toBe(before);
    await air.radio.deliver(forOther(1_000));
    await settle(air.clock);
    expect(textOf(air.phone.screen)).toContain('A message for Other');
    await air.select('Later');
    air.phone.press('power');
    await settle(air.clock);
    expect(air.events.at(-2)).toEqual({ kind: 'application', name: 'Other', state: 'started' });
  });

  test('rings at once, and is asked about when no text is being written any more', async () => {
    const script = `
      const { MIDlet, Display, TextBox, Command, Form } = require('midp');
      exports.Chat = class extends MIDlet {
        startApp() {
          const box = new TextBox('Write', '', 20, { input: 'ANY' });
          box.addCommand(new Command('Done', 'OK', 1));
          box.setCommandListener(() => Display.getDisplay(this).setCurrent(new Form('Wrote ' + box.getString())));
          Display.getDisplay(this).setCurrent(box);
        }
        pauseApp() {}
        destroyApp() {}
      };`;
    const air = await twoOf(script);
    for (const character of 'ciao') air.phone.handset.type(character);
    await air.radio.deliver(forOther(0));
    await settle(air.clock);
    expect(air.events).toContainEqual({ kind: 'sound', tone: 'attention' });
    expect(air.phone.screen.title).toBe('Write');
    await air.select('Done');
    expect(textOf(air.phone.screen)).toContain('A message for Other');
    await air.select('Later');
    expect(air.phone.screen.title).toBe('Wrote ciao');
  });

  test('that has come while the phone asks about an installation waits for the answer, and the installation for it', async () => {
    const air = await twoOf();
    air.phone.press('power');
    await settle(air.clock);
    air.server.offer(suiteFiles({ version: '2.0' }));
    await air.openLink();
    await air.radio.deliver(forOther(0));
    await settle(air.clock);
    expect(air.phone.screen).toMatchObject({ title: 'Install?', ticker: 'Other waits' });
    await air.select('Install');
    expect(textOf(air.phone.screen)).toContain('started 1');
    air.phone.press('power');
    await settle(air.clock);
    air.phone.press('soft-left');
    expect(air.phone.screen).toMatchObject({ title: 'Installed', keysLocked: true });
    await air.select('Later');
    expect(air.handset.applications.map(({ descriptor }) => descriptor.version)).toContain('2.0');
  });

  test('whose download ends while another application runs is installed when that one has ended', async () => {
    const air = await twoOf();
    air.phone.press('power');
    const { jad, jar } = suiteFiles({ version: '2.0' });
    const download = Promise.withResolvers<Downloaded>();
    air.server.offer({ jad, jar }).answerJar(() => download.promise);
    await air.install();
    await air.radio.deliver(forOther(0));
    await settle(air.clock);
    download.resolve({ kind: 'content', type: JAR_TYPE, octets: jar });
    await settle(air.clock);
    const versions = () => air.handset.applications.map(({ descriptor }) => descriptor.version);
    expect([air.phone.screen.title, versions()]).toEqual(['Chat 1.0', ['1.0', '1.0']]);
    air.phone.press('power');
    await settle(air.clock);
    expect([air.phone.screen.title, versions()]).toEqual(['Installed', ['1.0', '2.0']]);
  });
});

/** An application whose owner writes a text while it sends, a second after it was started. */
const WRITING = `
  const { MIDlet, Display, TextBox, Form, Command, openConnection } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      const display = Display.getDisplay(this);
      const box = new TextBox('Write', '', 20, { input: 'ANY' });
      box.addCommand(new Command('Done', 'OK', 1));
      box.setCommandListener(() => display.setCurrent(new Form('Wrote')));
      display.setCurrent(box);
      const address = 'sms://+391';
      const send = () => openConnection(this.context, address).send({ kind: 'text', address, text: 'ciao' });
      this.context.system.schedule(1_000, () => void send().catch(() => {}));
    }
    pauseApp() {}
    destroyApp() {}
  };`;

test('A question that waits is asked, however many messages that are shown at once wait behind it', async () => {
  const air = await started({ script: WRITING, attributes: { 'MIDlet-Permissions': PERMISSIONS } });
  await air.clock.advance(1_000);
  expect(air.phone.screen).toMatchObject({ title: 'Write', ticker: 'Chat waits' });
  for (let sentAt = 0; sentAt < 12; sentAt += 1)
    await air.radio.deliver({ originator: '+392', sentAt, content: { kind: 'text', text: 'fire' }, immediate: true });
  await air.select('Done');
  expect(textOf(air.phone.screen)).toContain('Chat wants to send SMS until it is closed');
});

/** An application that sends to two numbers at once, and shows something 5 s after it was started. */
const LATE = `
  const { MIDlet, Display, Form, openConnection } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      for (const address of ['sms://+391', 'sms://+392'])
        openConnection(this.context, address).send({ kind: 'text', address, text: 'ciao' }).catch(() => {});
      this.context.system.schedule(5_000, () => Display.getDisplay(this).setCurrent(new Form('Late')));
    }
    pauseApp() {}
    destroyApp() {}
  };`;

test('An application that asks before it has shown anything is asked about, and the phone has the screen until it does', async () => {
  const air = await started({ script: LATE, seed: null, attributes: { 'MIDlet-Permissions': PERMISSIONS } });
  const asked = [];
  for (const answer of ['Refuse', 'Refuse', 'Allow']) {
    asked.push(textOf(air.phone.screen));
    await air.select(answer);
  }
  expect(asked).toEqual([
    expect.stringContaining('Chat wants to receive SMS until it is closed.'),
    expect.stringMatching(/^Chat waits\n.*Chat wants to send an SMS to \+391\./s),
    expect.stringContaining('Chat wants to send an SMS to +392.'),
  ]);
  expect(air.phone.screen.kind).toBe('idle');
  expect(air.radio.sent.map(({ destination }) => destination)).toEqual(['+392']);
  await air.clock.advance(5_000);
  expect(air.phone.screen.title).toBe('Late');
});
