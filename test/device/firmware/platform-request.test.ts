import { expect, test } from 'vitest';
import { textOf } from '../../../device/index.ts';
import { settle } from '../bench.ts';
import { SIGNER } from '../suite/built-suite.ts';
import { type AirBench, airBench, FakeServer, suiteFiles, URL_OF_JAD } from './over-the-air.ts';

/** An application that asks for each of the URLs of its attribute, shows what the phone answers, and ends when `End` is chosen. */
const SCRIPT = `
  const { MIDlet, Display, Form, Command, RecordStore, StringItem } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      const store = RecordStore.openRecordStore(this.context, 'starts', true);
      store.addRecord(new Uint8Array([1]), 0, 1);
      const answers = this.getAppProperty('Requests').split(' ').map((url) => {
        try {
          return this.platformRequest(url === '-' ? '' : url);
        } catch (error) {
          return error.name;
        }
      });
      const form = new Form('Chat ' + this.getAppProperty('MIDlet-Version'), [
        new StringItem('', answers.join()),
        new StringItem('', 'started ' + store.getNumRecords()),
      ]);
      form.addCommand(new Command('End', 'EXIT', 1));
      form.addCommand(new Command('Fail', 'SCREEN', 1));
      form.setCommandListener(({ label }) => {
        if (label === 'Fail') throw new Error('mine');
        this.notifyDestroyed();
      });
      Display.getDisplay(this).setCurrent(form);
    }
    pauseApp() {}
    destroyApp() {}
  };`;

/** A phone in which version 1.0 runs, and asks for these URLs; its server has 2.0. */
async function asking(requests: string): Promise<AirBench> {
  const attributes = { Requests: requests };
  const air = airBench({
    server: new FakeServer().offer(suiteFiles({ script: SCRIPT, attributes })),
    trustedKeys: [SIGNER],
  });
  await air.install();
  await air.select('Start');
  air.server.offer(suiteFiles({ script: SCRIPT, attributes, version: '2.0' }));
  air.server.asked.length = 0;
  return air;
}

const WANTS = 'Chat wants to load an application from this server. Load it?';

test('An application updates itself: after its end the owner is asked, and what it has stored is there', async () => {
  const air = await asking(URL_OF_JAD);
  expect(air.phone.screen.items[0]?.label).toBe('true');
  await air.clock.advance(60_000);
  expect(air.server.asked).toEqual([]);
  await air.select('End');
  expect(air.phone.screen).toMatchObject({ title: 'Open?', keysLocked: true, indicator: { kind: 'phone' } });
  expect(textOf(air.phone.screen)).toContain(WANTS);
  expect(textOf(air.phone.screen)).toContain('Server: pay.example');
  expect(air.server.asked).toEqual([]);
  await air.select('Open', 'Install', 'Start');
  expect(air.phone.screen).toMatchObject({ title: 'Chat 2.0', items: [{ label: 'true' }, { label: 'started 2' }] });
});

test('The owner who does not want it is back on the idle screen, and is asked no more', async () => {
  const air = await asking(URL_OF_JAD);
  await air.select('End', 'Back');
  expect([air.phone.screen.kind, air.server.asked]).toEqual(['idle', []]);
  await air.select('Menu');
  expect(air.phone.screen.title).toBe('Menu');
});

// What is asked for, one after the other (- is an empty URL), what the application hears, and the host that the owner is asked about.
test.each([
  [`https://a.example/a.jad ${URL_OF_JAD}`, 'true,true', 'pay.example'],
  [`${URL_OF_JAD} -`, 'true,false', undefined],
  ['-', 'false', undefined],
  [`${URL_OF_JAD} tel:+391`, 'true,ConnectionNotFoundException', 'pay.example'],
  ['https://pay.example@evil.example/', 'ConnectionNotFoundException', undefined],
])('%s: %s', async (requests, answers, host) => {
  const air = await asking(requests);
  expect(air.phone.screen.items[0]?.label).toBe(answers);
  await air.select('End');
  expect(air.phone.screen.kind).toBe(host === undefined ? 'idle' : 'form');
  if (host !== undefined) expect(textOf(air.phone.screen)).toContain(`Server: ${host}`);
});

test('The red key is an end, too', async () => {
  const air = await asking(URL_OF_JAD);
  air.phone.press('power');
  await settle(air.clock);
  expect(textOf(air.phone.screen)).toContain(WANTS);
});

test('An application that failed, or whose phone is switched off, has nothing opened', async () => {
  const failed = await asking(URL_OF_JAD);
  await failed.select('Fail');
  expect(textOf(failed.phone.screen)).toContain('had to be closed');
  await failed.select('OK');
  expect(failed.phone.screen.kind).toBe('idle');
  const off = await asking(URL_OF_JAD);
  off.phone.press('power', true);
  off.phone.press('power', true);
  await settle(off.clock);
  expect(off.phone.screen.kind).toBe('idle');
});

test('An installation of the owner is not ended by the wish of an application', async () => {
  const air = await asking(`https://a.example/a.jad`);
  const push = { 'MIDlet-Push-1': 'sms://:5000, Chat, *', 'MIDlet-Permissions': PUSH };
  air.phone.press('power');
  await air.select('Back');
  air.server.offer(
    suiteFiles({ script: SCRIPT, attributes: { Requests: 'https://a.example/a.jad', ...push }, version: '2.0' }),
  );
  await air.install();
  await air.select('Later');
  await air.openLink();
  expect(air.phone.screen.title).toBe('Install?');
  const content = { kind: 'text', text: 'x', ports: { destination: 5000, source: 0 } } as const;
  await air.radio.deliver({ originator: '+391', sentAt: 0, content });
  await settle(air.clock);
  expect(air.phone.screen.title).toBe('Install?');
  await air.select('Install');
  expect(air.phone.screen.title).toBe('Chat 2.0');
  await air.select('End');
  expect(air.phone.screen.title).toBe('Installed');
});

const PUSH =
  'javax.microedition.io.PushRegistry, javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive';
