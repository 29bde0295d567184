import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildSuite } from '../../../device/cli/suite-build.ts';
import { createPhone, type Flash, HeadlessHandset, memoryFlash, textOf } from '../../../device/index.ts';
import { openModem } from '../../../modem/index.ts';
import { createWorld, seededRandom, VirtualClock } from '../../../sim/index.ts';
import { besideThePhone } from '../firmware/over-the-air.ts';
import { primitives, SEED } from '../suite/built-suite.ts';

const FOLDER = join(import.meta.dirname, '../../../device/examples/chat');
const [ANNA, BRUNO] = ['+393330000001', '+393330000002'];

/** Two phones with the chat, on a network whose time moves when it is told to. (In a QuickJS of its own the chat runs in readme.test.ts.) */
async function twoPhones() {
  const out = mkdtempSync(join(tmpdir(), 'chat-'));
  const { content, jar: path } = await buildSuite(FOLDER, out, primitives, SEED);
  const jar = new Uint8Array(readFileSync(path));
  const clock = new VirtualClock();
  const world = createWorld({ seed: 1, clock });
  const start = async (number: string, flash: Flash) => {
    const modem = world.modem(number) ?? world.addModem({ number });
    const radio = await clock.run(openModem(modem.memoryPort(), { clock }));
    const handset = createPhone({ radio, flash, clock, random: seededRandom(number), scripts: besideThePhone });
    handset.installSuite(content, jar, 'chat.jad');
    handset.powerOn();
    const phone = new HeadlessHandset(handset, clock);
    return {
      phone,
      radio,
      flash,
      /** Chooses one after the other, each when it is there. */
      select: async (...labels: readonly string[]) => {
        for (const label of labels) {
          await clock.run(phone.waitFor((screen) => textOf(screen).includes(label)));
          phone.select(label);
        }
      },
      write: (text: string) => clock.run(phone.type(text)),
      shows: (words: string) => clock.run(phone.waitFor(words)),
    };
  };
  const anna = await start(ANNA, memoryFlash());
  const bruno = await start(BRUNO, memoryFlash());
  return { anna, bruno, clock, start };
}

test('the chat between two phones: a text opens the other phone, is answered, waits for who writes, and is kept', async () => {
  const { anna, bruno, clock, start } = await twoPhones();
  await anna.select('Menu', 'Applications', 'Chat');
  await anna.shows('Number');
  await anna.write(BRUNO);
  await anna.select('OK', 'Options', 'Write');
  await anna.write('Ciao Bruno');
  await anna.select('Send', 'Allow');
  await anna.shows('> Ciao Bruno');

  await bruno.shows('Open it now?');
  await bruno.select('Open');
  await bruno.shows('Ciao Bruno');
  expect(bruno.phone.screen.title).toBe(ANNA);
  await bruno.select('Options', 'Write');
  await bruno.write('Ciao');
  await bruno.select('Send', 'Allow');
  await anna.shows('\nCiao');

  await bruno.select('Options', 'Write');
  await bruno.write('Come');
  await anna.select('Options', 'Write');
  await anna.write('Stai bene?');
  await anna.select('Send');
  await bruno.shows('Stai bene?');
  expect(bruno.phone.screen.kind).toBe('alert');
  await clock.advance(5_000);
  expect(textOf(bruno.phone.screen)).toContain('Come');
  await bruno.write(' va?');
  await bruno.select('Send');
  await anna.shows('Come va?');

  await anna.select('Exit');
  anna.phone.handset.powerOff();
  await clock.run(anna.radio.close());
  const again = await start(ANNA, anna.flash);
  await again.select('Menu', 'Applications', 'Chat');
  await again.shows('Come va?');
  expect(again.phone.screen.items.map(({ label }) => label)).toEqual([
    'Come va?',
    '> Stai bene?',
    'Ciao',
    '> Ciao Bruno',
  ]);
});

test('the text that cannot be sent is said to be so, and nothing of it is kept', async () => {
  const { anna, clock } = await twoPhones();
  await anna.select('Menu', 'Applications', 'Chat');
  await anna.write('1');
  await anna.select('OK');
  await clock.run(anna.radio.close());
  await anna.select('Options', 'Write');
  await anna.write('Ciao');
  await anna.select('Send', 'Allow');
  await anna.shows('was not sent');
  await anna.select('OK');
  await clock.advance(1_000);
  expect(anna.phone.screen.items).toEqual([]);
});
