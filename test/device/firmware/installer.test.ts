import { describe, expect, test } from 'vitest';
import { INSTALL_TEXTS } from '../../../device/firmware/install-texts.ts';
import { textOf } from '../../../device/index.ts';
import { openEngine } from '../machine/engine.ts';
import { airBench, contentsOf, FakeServer, suiteFiles, URL_OF_JAD } from './over-the-air.ts';

const SIGNED = 'Signed with the key';

describe('A text with a link', () => {
  test('is opened, offered, installed and started by keys alone; the application is in the menu, also after a restart', async () => {
    const { phone, server, select, text, reboot, events } = airBench();
    await text();
    phone.press('soft-right');
    phone.press('select');
    await select('Open');
    expect(textOf(phone.screen)).toContain('pay.example');
    expect(server.asked).toEqual([]);
    await select('Open');
    const offer = textOf(phone.screen);
    for (const word of ['Install?', 'Chat', '1.0', 'Somebody', '1 kB', SIGNED]) expect(offer).toContain(word);
    expect(server.asked).toEqual([URL_OF_JAD]);
    await select('Install');
    expect(textOf(phone.screen)).toContain('Start Chat now?');
    expect(events).toContainEqual({ kind: 'installed', name: 'Chat', version: '1.0', isDowngrade: false });
    await select('Start');
    expect(textOf(phone.screen)).toContain('started 1');
    phone.press('power');
    const again = reboot();
    await again.select('Menu', 'Applications', 'Chat');
    expect(textOf(again.phone.screen)).toContain('started 2');
  });

  test('runs in a QuickJS of its own', async () => {
    const engine = await openEngine();
    const { phone, install, select } = airBench({ scripts: (script, className) => engine.boot(script, className) });
    await install();
    await select('Start');
    expect(textOf(phone.screen)).toContain('started 1');
  });

  test('does not start the application that is to be started later', async () => {
    const { phone, install, select } = airBench();
    await install();
    await select('Later');
    expect(phone.screen.kind).toBe('idle');
    await select('Menu', 'Applications', 'Chat');
    expect(textOf(phone.screen)).toContain('started 1');
  });

  test.each(['Hello', 'https://bank.example@evil.example/'])('is a text as others without one: %j', async (words) => {
    const { phone, text, select } = airBench();
    await text(words);
    phone.press('soft-right');
    phone.press('select');
    await expect(select('Open')).rejects.toThrow('There is no "Open"');
  });

  test('is asked about in the language of the phone', async () => {
    const { phone, text, select } = airBench({ language: 'it' });
    await text();
    phone.press('soft-right');
    phone.press('select');
    await select('Apri', 'Apri');
    expect(textOf(phone.screen)).toContain('Firmata con la chiave');
    await select('Installa');
    expect(textOf(phone.screen)).toContain('Avviare Chat ora?');
  });
});

describe('The owner', () => {
  test('is asked before the phone loads anything', async () => {
    const { phone, server, text, select, flash } = airBench();
    await text();
    phone.press('soft-right');
    phone.press('select');
    const before = contentsOf(flash);
    await select('Open', 'Back');
    expect([server.asked, phone.screen.kind, contentsOf(flash)]).toEqual([[], 'idle', before]);
  });

  test('sees that nobody has signed an application', async () => {
    const { phone, openLink } = airBench({ server: new FakeServer().offer(suiteFiles({ seed: null })) });
    await openLink();
    expect(textOf(phone.screen)).toContain(INSTALL_TEXTS.en.unsigned);
    expect(textOf(phone.screen)).not.toContain(SIGNED);
  });
});

test('The words of an installation are the same ones in each language', () => {
  const { en, it } = INSTALL_TEXTS;
  expect(Object.keys(it)).toEqual(Object.keys(en));
  expect(Object.keys(it.failures)).toEqual(Object.keys(en.failures));
  expect(Object.keys(it.troubles)).toEqual(Object.keys(en.troubles));
});
