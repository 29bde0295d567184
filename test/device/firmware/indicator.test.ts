import { describe, expect, test } from 'vitest';
import { Suites } from '../../../device/firmware/suites.ts';
import { InstallError, inProcess, memoryFlash, midp, type Signer, textOf } from '../../../device/index.ts';
import { looksLike } from '../../../device/suite/look-alike.ts';
import { bench, settle } from '../bench.ts';
import { enrolled } from '../cash-mobile/cash-bench.ts';
import { SIGNER } from '../suite/built-suite.ts';
import { airBench, FakeServer, type SuiteParts, suiteFiles } from './over-the-air.ts';

/** An application that shows one screen of each kind, one after the other, as its command `Next` is given. */
const KINDS = `
  const { MIDlet, Display, Alert, Command, Form, List, TextBox, TextField } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      const screens = [
        new Form('Form', [new TextField('PIN', '', 5, { input: 'NUMERIC', password: true })]),
        new List('List', 'IMPLICIT', ['one']),
        new TextBox('Text', '', 20, { input: 'ANY' }),
        new Alert('Alert', 'words', 'INFO'),
      ];
      let next = 0;
      const show = () => Display.getDisplay(this).setCurrent(screens[next++ % screens.length]);
      for (const screen of screens) {
        screen.setTicker('✓ Cash-Mobile');
        for (const label of ['Next', 'More', 'Other']) screen.addCommand(new Command(label, 'OK', 1));
        screen.setCommandListener(show);
      }
      show();
    }
    pauseApp() {}
    destroyApp() {}
  };`;

const SIGNERS = {
  'a key that the phone knows': [{}, [SIGNER], 'trusted', '✓ Chat', '✓ Chat'],
  'a key that the phone does not know': [{}, ['0'.repeat(64)], 'signed', 'UNKNOWN KEY Chat', 'CHIAVE IGNOTA Chat'],
  nobody: [{ seed: null }, [SIGNER], 'unsigned', 'NOT SIGNED Chat', 'NON FIRMATA Chat'],
} as const satisfies Record<string, readonly [SuiteParts, readonly string[], string, string, string]>;

/** A class that shows nothing but a form. */
class Idle extends midp.MIDlet {
  override startApp(): void {
    midp.Display.getDisplay(this).setCurrent(new midp.Form('Idle'));
  }
  override pauseApp(): void {}
  override destroyApp(): void {}
}
const CLASSES = new Map([['Idle', inProcess((context) => new Idle(context))]]);
const jad = (name: string, vendor = 'Somebody', midlet = name) =>
  `MIDlet-Name: ${name}\nMIDlet-Version: 1.0\nMIDlet-Vendor: ${vendor}\nMIDlet-1: ${midlet},,Idle\n`;

describe.each(Object.entries(SIGNERS))('An application signed by %s', (_who, [parts, trustedKeys, kind, en, it]) => {
  const server = () => new FakeServer().offer(suiteFiles({ script: KINDS, ...parts }));

  test('is marked so on each of its screens, its menus and after a restart', async () => {
    const indicator = { kind, text: en };
    const air = airBench({ server: server(), trustedKeys });
    await air.install();
    expect(air.phone.screen.indicator).toEqual({ kind: 'phone', text: 'Phone' });
    await air.select('Start');
    for (const title of ['Form', 'List', 'Text', 'Alert']) {
      expect(air.phone.screen).toMatchObject({ title, indicator });
      air.phone.press('soft-left');
      expect(air.phone.screen).toMatchObject({ kind: 'options', indicator });
      air.phone.press('soft-right');
      await air.select('Next');
    }
    expect(textOf(air.phone.screen).split('\n').at(-1)).toBe(en);
    air.phone.press('power');
    expect(air.phone.screen).toMatchObject({ kind: 'idle', indicator: { kind: 'phone', text: 'Phone' } });
    const again = air.reboot();
    await again.select('Menu', 'Applications', 'Chat');
    expect(again.phone.screen).toMatchObject({ title: 'Form', indicator });
  });

  test('is marked in the language of the phone', async () => {
    const { handset, phone, select } = airBench({ trustedKeys, language: 'it', classes: CLASSES });
    const { seed } = { seed: undefined, ...parts };
    const signer: Signer = seed === null ? { kind: 'nobody' } : { kind: 'key', id: SIGNER };
    handset.install(jad('Chat'), signer);
    await select('Menu', 'Applicazioni');
    expect(phone.screen.indicator).toEqual({ kind: 'phone', text: 'Telefono' });
    await select('Chat');
    expect(phone.screen.indicator).toEqual({ kind, text: it });
  });

  test('says who signed it before it is installed, and among its details', async () => {
    const words = {
      trusted: 'Trusted: this phone knows the key',
      signed: `Signed with the key ${SIGNER.slice(0, 16)}`,
      unsigned: 'Not trusted: not signed, anybody can have made it',
    };
    const air = airBench({ server: server(), trustedKeys });
    await air.openLink();
    expect(air.phone.screen.items).toContainEqual({ label: 'Signature', value: words[kind], focused: false });
    await air.select('Install', 'Later', 'Menu', 'Applications', 'Details');
    expect(air.phone.screen.items).toContainEqual({ label: 'Signature', value: words[kind], focused: false });
    expect(air.phone.screen.indicator.kind).toBe('phone');
  });

  test('is not the one that asks whether it may send', async () => {
    const script = `
      const { MIDlet, openConnection } = require('midp');
      exports.Chat = class extends MIDlet {
        startApp() { const address = 'sms://+391'; void openConnection(this.context, address).send({ kind: 'text', address, text: 'x' }); }
        pauseApp() {}
        destroyApp() {}
      };`;
    const permissions = 'javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.send';
    const attributes = { 'MIDlet-Permissions': permissions };
    const air = airBench({ server: new FakeServer().offer(suiteFiles({ script, attributes, ...parts })), trustedKeys });
    await air.install();
    await air.select('Start');
    expect(textOf(air.phone.screen)).toContain('wants to send');
    expect(air.phone.screen.indicator).toEqual({ kind: 'phone', text: 'Phone' });
  });
});

test('The payment application that is part of the phone is trusted, on the screen for the PIN too', async () => {
  const cash = await enrolled();
  await cash.request();
  await cash.select('Approve');
  expect(cash.phone.screen).toMatchObject({ title: 'Payment', indicator: { kind: 'trusted', text: '✓ Cash-Mobile' } });
  cash.phone.press('power');
  await cash.select('Menu');
  await cash.select('Applications');
  await cash.select('Details');
  expect(textOf(cash.phone.screen)).toContain('Trusted: part of this phone');
  cash.phone.press('power', true);
  expect(cash.phone.screen.indicator).toEqual({ kind: 'phone', text: '' });
  expect(textOf(cash.phone.screen)).toBe('off');
});

// The name that an application has chosen, and what stands in the row.
test.each([
  ['✓ Cash-Mobile', 'NOT SIGNED ✓ Cash-Mobile'],
  ['Phone', 'NOT SIGNED Phone'],
  ['\u0336\u0336Chat', 'NOT SIGNED Chat'],
  ['Perché', 'NOT SIGNED Perché'],
])('A name cannot be mistaken for the mark: %j', async (name, text) => {
  const { handset, phone, clock } = bench({ classes: CLASSES });
  handset.install(jad(name), { kind: 'nobody' });
  for (const label of ['Menu', 'Applications']) phone.select(label);
  phone.press('select');
  await settle(clock);
  expect(phone.screen).toMatchObject({ title: 'Idle', indicator: { kind: 'unsigned', text } });
});

describe('A name that looks like that of another application', () => {
  test.each([
    ['CASH MOBILE', true],
    ['cash_mobile', true],
    ['Cash-Mobile ', true],
    ['Cash\u2011Mobile', true],
    ['Cash\u200b-Mobile', true],
    ['Са\u0455h-Mobile', true],
    ['Cash-\u041c\u043ebil\u0435', true],
    ['Cash-Mοbile', true],
    ['Cash-MobiIe', true],
    ['Cash-Mobi1e', true],
    ['Ca5h-M0bile', true],
    ['Cásh-Mobilé', true],
    ['Cash-Møbile', true],
    ['Cash-Moɓɨlɛ', true],
    ['CASH-MOƁƗLƐ', true],
    ['Ｃａｓｈ－Ｍｏｂｉｌｅ', true],
    ['𝐂𝐚𝐬𝐡-𝐌𝐨𝐛𝐢𝐥𝐞', true],
    ['Cash-rnobile', true],
    ['Cash-Mobi|e', true],
    ['Cash', false],
    ['Cash-Mobiles', false],
    ['Chat', false],
    ['', false],
  ])('%j: %s', (name, alike) => {
    expect(looksLike(name, 'Cash-Mobile')).toBe(alike);
    expect(looksLike('Cash-Mobile', name)).toBe(alike);
  });

  // Unicode UTS #39, Confusable Detection: letters that look like the one before them.
  test.each([
    ['a', 'аαɑ'],
    ['b', 'вьβƅɓ'],
    ['c', 'с'],
    ['d', 'ԁđɗɖ'],
    ['e', 'еεɛ'],
    ['g', 'ցɡɠ'],
    ['h', 'нһհħ'],
    ['i', 'іιıɩɨ'],
    ['j', 'ј'],
    ['k', 'кκ'],
    ['l', 'ӏւł'],
    ['L', 'ʟŁ'],
    ['m', 'м'],
    ['n', 'пηո'],
    ['o', 'оοօøɵ'],
    ['p', 'рρƿ'],
    ['q', 'ԛզ'],
    ['r', 'г'],
    ['s', 'ѕ'],
    ['t', 'тτŧ'],
    ['u', 'υսʉʋ'],
    ['v', 'ν'],
    ['w', 'шԝωvv'],
    ['x', 'хχ'],
    ['y', 'уγ'],
    ['3', 'Зз'],
    ['A', 'АΑ'],
    ['B', 'ВΒ'],
    ['C', 'С'],
    ['E', 'ЕΕ'],
    ['H', 'НҺΗĦ'],
    ['I', 'ІΙ'],
    ['J', 'Ј'],
    ['K', 'КΚ'],
    ['l', 'Ӏ'],
    ['M', 'МΜ'],
    ['N', 'Ν'],
    ['O', 'ОΟՕØ'],
    ['P', 'РΡ'],
    ['S', 'Ѕ'],
    ['T', 'ТΤŦ'],
    ['U', 'Ս'],
    ['Q', 'Ԛ'],
    ['W', 'ШԜ'],
    ['D', 'ԀĐ'],
    ['X', 'ХΧ'],
    ['Y', 'УΥ'],
    ['Z', 'Ζ'],
  ])('%s is written as one of %s', (latin, others) => {
    const letters = others.endsWith('vv') ? [...others.slice(0, -2), 'vv'] : [...others];
    for (const letter of letters) expect([letter, looksLike(`x${latin}x`, `x${letter}x`)]).toEqual([letter, true]);
  });

  test('names without letters are alike when they are the same', () => {
    expect([looksLike('♥', '♥'), looksLike('♥', '♦'), looksLike('', '♦')]).toEqual([true, false, false]);
  });

  const KEY: Signer = { kind: 'key', id: SIGNER };
  const OTHER: Signer = { kind: 'key', id: 'f'.repeat(64) };
  const NOBODY: Signer = { kind: 'nobody' };
  const PHONE: Signer = { kind: 'phone' };

  // Who signed the application in the phone, and who the one that imitates it: refused with 910, or not.
  test.each([
    [PHONE, NOBODY, true],
    [PHONE, OTHER, true],
    [KEY, NOBODY, true],
    [KEY, OTHER, true],
    [KEY, KEY, false],
    [PHONE, KEY, false],
    [OTHER, KEY, false],
    [OTHER, NOBODY, false],
    [NOBODY, OTHER, false],
    [NOBODY, NOBODY, false],
  ])('of %j, by %j: refused %s', (before, after, refused) => {
    for (const text of [jad('Cash Mobile'), jad('Games', 'Somebody', 'Cash Mobile')]) {
      const suites = new Suites(memoryFlash(), CLASSES, undefined, [SIGNER]);
      const { suite } = suites.install(jad('Cash-Mobile', 'Cash-Mobile'), before);
      const install = () => suites.install(text, after);
      if (refused) expect(install).toThrow(InstallError);
      else install();
      expect(suites.installed.filter((one) => one === suite)).toHaveLength(1);
      expect(suites.installed).toHaveLength(refused ? 1 : 2);
    }
  });

  test('is refused over the air before its JAR is loaded', async () => {
    const attributes = { 'MIDlet-Name': 'Cаsh-Mobile' };
    const air = airBench({ server: new FakeServer().offer(suiteFiles({ attributes, seed: null })) });
    air.handset.install(
      'MIDlet-Name: Cash-Mobile\nMIDlet-Version: 1.0\nMIDlet-Vendor: I\nMIDlet-1: Cash-Mobile,,CashMobile\n',
    );
    await air.openLink();
    expect(textOf(air.phone.screen)).toContain('(910)');
    expect(air.server.asked).toHaveLength(1);
    expect(air.events).toContainEqual({
      kind: 'not-installed',
      status: 910,
      reason: 'Cаsh-Mobile looks like Cash-Mobile of I, which this phone trusts, and is not signed',
    });
  });

  test('that the phone does not trust either: its owner is warned', async () => {
    const air = airBench();
    await air.install();
    await air.select('Later');
    air.server.offer(suiteFiles({ attributes: { 'MIDlet-Name': 'CHAT' }, seed: null }));
    await air.openLink();
    expect(air.phone.screen.items[1]).toEqual({
      label: 'Beware',
      value: 'Chat of Somebody in this phone has such a name, and is from somebody else',
      focused: false,
    });
  });
});
