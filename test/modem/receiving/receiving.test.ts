import { beforeEach, describe, expect, test } from 'vitest';
import type { IncomingSms, Modem } from '../../../modem/index.ts';
import { type Bench, createBench, deliverPdus, lengthOf } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

let bench: Bench;

beforeEach(() => {
  bench = createBench();
});

const from = '393331234567';
const [hello = ''] = deliverPdus(from, { kind: 'text', text: 'Hello' });
const long = deliverPdus(from, { kind: 'text', text: 'y'.repeat(400) });
const hellos = () =>
  bench.messages.map(({ content }) => (content.kind === 'text' ? content.text : content.data.length));

async function openToReceive(): Promise<Modem> {
  const modem = await bench.open();
  modem.receive(bench.receiver);
  await bench.clock.advance(0);
  return modem;
}

async function announce(index: number, pdu: string): Promise<void> {
  bench.stored.set(index, pdu);
  bench.script.say(line(`+CMTI: "SM",${index}`));
  await bench.clock.advance(1_000);
}

describe('receiving', () => {
  test('an announced message is read, handed over, deleted', async () => {
    await openToReceive();
    await announce(3, hello);
    expect(bench.messages).toEqual([
      {
        originator: '+393331234567',
        sentAt: Date.UTC(2010, 2, 1, 9),
        content: { kind: 'text', text: 'Hello' },
        wire: { pdus: [hello], zoneMinutes: expect.any(Number) },
      },
    ]);
    expect(bench.stored.size).toBe(0);
  });

  test('data keeps its ports', async () => {
    await openToReceive();
    const ports = { destination: 16001, source: 5 };
    const data = new Uint8Array([1, 2, 3]);
    await announce(1, deliverPdus(from, { kind: 'data', data, ports })[0] ?? '');
    expect(bench.messages[0]?.content).toEqual({ kind: 'data', data, ports });
  });

  test('nothing is read before there is a receiver; then what is stored comes', async () => {
    bench.stored.set(0, hello);
    const modem = await bench.open();
    await announce(1, hello);
    await bench.clock.advance(120_000);
    expect(bench.script.typed.filter((typed) => /CMG[RLD]/.test(typed))).toEqual([]);
    modem.receive(bench.receiver);
    await bench.clock.advance(0);
    expect(hellos()).toEqual(['Hello', 'Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('the parts of a long message stay in the SIM until the whole was handed over', async () => {
    await openToReceive();
    await announce(1, long[2] ?? '');
    await announce(2, long[0] ?? '');
    expect(bench.stored.size).toBe(2);
    await announce(3, long[1] ?? '');
    expect(hellos()).toEqual(['y'.repeat(400)]);
    expect(bench.stored.size).toBe(0);
  });

  test('parts that are stored when the modem is closed are not lost, and nothing is said', async () => {
    const modem = await openToReceive();
    await announce(1, long[0] ?? '');
    await bench.run(modem.close());
    expect(bench.stored.size).toBe(1);
    expect(bench.log.filter(({ kind }) => kind === 'incomplete')).toEqual([]);
  });

  test('a part that came twice is deleted with the others', async () => {
    await openToReceive();
    await announce(1, long[0] ?? '');
    await announce(2, long[0] ?? '');
    await announce(3, long[1] ?? '');
    await announce(4, long[2] ?? '');
    expect(hellos()).toHaveLength(1);
    expect(bench.stored.size).toBe(0);
  });

  test('a part that comes once more after the whole is deleted, and waits for nothing', async () => {
    await openToReceive();
    for (const [index, part] of long.entries()) await announce(index, part);
    await announce(5, long[1] ?? '');
    expect(hellos()).toHaveLength(1);
    expect(bench.stored.size).toBe(0);
  });

  test('a place that is emptied and filled again during a sweep is not taken for what was there', async () => {
    const [first = '', second = ''] = deliverPdus(from, { kind: 'text', text: 'z'.repeat(200) });
    await openToReceive();
    await announce(2, first);
    bench.stored.set(1, second);
    bench.script.when('AT+CMGD=2', () => {
      bench.stored.delete(2);
      bench.script.when('AT+CMGD=2', () => (bench.stored.delete(2) ? ok() : line('ERROR')));
      bench.stored.set(2, hello);
      return `${ok()}${line('+CMTI: "SM",2')}`;
    });
    await bench.clock.advance(60_000);
    expect(hellos()).toEqual(['z'.repeat(200), 'Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('halves of two messages with the same reference, hours apart, are not put together', async () => {
    await openToReceive();
    const text = (letter: string) => ({ kind: 'text', text: letter.repeat(200) }) as const;
    const later = Date.UTC(2010, 2, 1, 14);
    const [half = ''] = deliverPdus(from, text('a'), 9);
    const [first = '', second = ''] = deliverPdus(from, text('b'), 9, later);
    await announce(1, half);
    await announce(2, second);
    expect(hellos()).toEqual([]);
    await announce(3, first);
    expect(hellos()).toEqual(['b'.repeat(200)]);
    expect([...bench.stored.keys()]).toEqual([1]);
  });

  test.each([
    ['one memory', /^AT\+CPMS="SM"$/],
    ['three', /^AT\+CPMS="SM","SM","SM"$/],
  ])(
    'a store full of halves of messages makes room, and the whole is still put together (+CPMS takes %s)',
    async (_what, taken) => {
      bench.script.when(/^AT\+CPMS="SM"/, line('ERROR')).when(taken, ok('+CPMS: 2,2,2,2,2,2'));
      await openToReceive();
      await announce(1, deliverPdus(from, { kind: 'text', text: 'z'.repeat(200) }, 9)[0] ?? '');
      await announce(2, long[0] ?? '');
      await bench.clock.advance(60_000);
      expect(bench.stored.size).toBe(1);
      expect(bench.log.some(({ kind }) => kind === 'incomplete')).toBe(true);
      await announce(1, deliverPdus(from, { kind: 'text', text: 'z'.repeat(200) }, 9)[1] ?? '');
      expect(hellos()).toEqual(['z'.repeat(200)]);
    },
  );

  test('a message that the receiver refuses stays, and is offered again', async () => {
    await openToReceive();
    bench.receiver.refuses = true;
    await announce(1, hello);
    await bench.clock.advance(100_000);
    expect(bench.stored.size).toBe(1);
    // At once, and then every 30 s.
    expect(bench.log.filter(({ kind }) => kind === 'hand-over-failed').map(({ text }) => text)).toEqual(
      Array(4).fill('a message was not taken and will be offered again: the disk is full'),
    );
    bench.receiver.refuses = false;
    await bench.clock.advance(30_000);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('a message whose deletion was interrupted is deleted later, and not offered twice', async () => {
    await openToReceive();
    bench.script.when('AT+CMGD=1', () => {
      bench.unplug();
      bench.script.when('AT+CMGD=1', () => (bench.stored.delete(1) ? ok() : line('ERROR')));
      return undefined;
    });
    await announce(1, hello);
    await bench.clock.advance(60_000);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('a message that could not be deleted, and that the line hid from a list, is not offered twice', async () => {
    await openToReceive();
    const remove = bench.script.answerTo('AT+CMGD=9');
    bench.script.when('AT+CMGD=1', remove);
    await announce(1, hello);
    expect(bench.stored.size).toBe(1);
    const list = ok(`+CMGL: 1,1,,${lengthOf(hello)}\r\n${hello}`);
    bench.script
      .when('AT+CMGL=4', ok(), () => (bench.stored.has(1) ? list : ok()))
      .when('AT+CMGD=1', () => (bench.stored.delete(1) ? ok() : line('ERROR')));
    await bench.clock.advance(180_000);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('without anybody who takes it, an unreadable message stays, is said once, and does not hold up the others', async () => {
    await openToReceive();
    await announce(1, '00FFFF');
    await announce(2, hello);
    await bench.clock.advance(300_000);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(1);
    expect(bench.log.filter(({ kind }) => kind === 'unreadable')).toHaveLength(1);
  });

  test('a message that the line damaged is read again, and right', async () => {
    await openToReceive();
    const damaged = hello.replace(/^00../, '00FF');
    const said = (pdu: string) => ok(`+CMGR: 1,,${lengthOf(hello)}\r\n${pdu}`);
    bench.script.when('AT+CMGR=1', said(damaged), said(hello));
    await announce(1, hello);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test.each([
    ['is gone when it is read again', ok(), []],
    [
      'is in text mode when it is read again',
      ok('+CMGR: "REC UNREAD","+39333",,"10/03/01,09:00:00+04"\r\nHello'),
      [/^a message \(SM 1\) cannot be read: the modem writes it in text mode/],
    ],
  ])('a message that the line damaged and that %s', async (_what, again, expected) => {
    await openToReceive();
    const damaged = hello.replace(/^00/, '01');
    bench.script.when('AT+CMGR=1', ok(`+CMGR: 1,,${lengthOf(damaged)}\r\n${damaged}`), again);
    await announce(1, hello);
    const said = bench.log.filter(({ kind }) => kind === 'unreadable' || kind === 'hand-over-failed');
    expect(said.map(({ text }) => text)).toEqual(expected.map((text) => expect.stringMatching(text)));
    expect(bench.messages).toEqual([]);
  });

  test.each(['+CMGL: 1', '+CMGL: one,1,,25'])('a line %s of a list, without a PDU, is passed over', async (listed) => {
    bench.stored.set(1, hello);
    const [pdu = ''] = deliverPdus(from, { kind: 'text', text: 'the other' });
    await openToReceive();
    await bench.clock.advance(1_000);
    bench.messages.length = 0;
    bench.stored.set(2, pdu);
    bench.script.when('AT+CMGL=4', ok(`${listed}\r\n+CMGL: 2,1,,${lengthOf(pdu)}\r\n${pdu}`));
    await bench.clock.advance(60_000);
    expect(hellos()).toEqual(['the other']);
  });

  test('of 65 messages whose rest has not come the oldest is no longer waited for, and that is said', async () => {
    await openToReceive();
    const halfOf = (reference: number) =>
      deliverPdus(from, { kind: 'text', text: 'x'.repeat(200) }, reference)[0] ?? '';
    for (let reference = 1; reference <= 64; reference += 1) await announce(reference, halfOf(reference));
    const said = () => bench.log.filter(({ kind }) => kind === 'incomplete').map(({ text }) => text);
    expect(said().filter((text) => text.includes('waited for'))).toEqual([]);
    await announce(65, halfOf(65));
    expect(said()).toContain('1 of 2 parts of a message are no longer waited for (number); what is stored stays');
    expect(bench.stored.has(65)).toBe(true);
  });

  test('a message that the line damages twice is left for the next sweep', async () => {
    await openToReceive();
    const said = (octet: string) => ok(`+CMGR: 1,,${lengthOf(hello)}\r\n${hello.replace(/^00../, `00${octet}`)}`);
    const right = ok(`+CMGR: 1,,${lengthOf(hello)}\r\n${hello}`);
    bench.script.when('AT+CMGR=1', said('FF'), said('FE'), right);
    await announce(1, hello);
    expect(hellos()).toEqual([]);
    await bench.clock.advance(60_000);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('a message that deviates from the standard is taken when it reads the same twice', async () => {
    await openToReceive();
    // A month of 13.
    const deviating = hello.replace('013010', '013110');
    expect(deviating).not.toBe(hello);
    await announce(1, deviating);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('a store full of what cannot be read is said, once', async () => {
    bench.script.when(/^AT\+CPMS="SM"/, ok('+CPMS: 2,2,2,2,2,2'));
    bench.stored.set(1, '00FFFF').set(2, '00FFFE');
    await openToReceive();
    await bench.clock.advance(300_000);
    expect(bench.log.filter(({ kind }) => kind === 'full').map(({ text }) => text)).toEqual([
      'SM is full of messages that cannot be read or were not taken: no other can come before they are deleted',
    ]);
    expect(bench.stored.size).toBe(2);
  });

  test('a message that is there only 500 ms after its announcement is found (Huawei)', async () => {
    await openToReceive();
    bench.script.say(line('+CMTI: "SM",4'));
    bench.clock.after(500, () => bench.stored.set(4, hello));
    await bench.clock.advance(1_500);
    expect(hellos()).toEqual(['Hello']);
  });

  test.each([
    ['+CMGR', 'AT+CMGR=1', ok('+CMGR: "REC UNREAD","+39333",,"10/03/01"\r\nHello')],
    ['+CMGL', 'AT+CMGL=4', line('+CMS ERROR: 302')],
  ])('a modem that shows at %s that it fell back into text mode is set right', async (_what, command, answer) => {
    await openToReceive();
    const right = bench.script.answerTo('AT+CMGF=0');
    bench.script.when(command, answer).when('AT+CMGF=0', () => {
      bench.script.when('AT+CMGL=4', ok(`+CMGL: 1,1,,${lengthOf(hello)}\r\n${hello}`));
      bench.script.when('AT+CMGR=1', ok(`+CMGR: 1,,${lengthOf(hello)}\r\n${hello}`));
      return right;
    });
    bench.stored.set(1, hello);
    if (command === 'AT+CMGR=1') bench.script.say(line('+CMTI: "SM",1'));
    await bench.clock.advance(command === 'AT+CMGR=1' ? 1_000 : 61_000);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('a message that stays in text mode is said, once a place, and read when it has a PDU', async () => {
    const places = ok('+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")');
    bench.script
      .when('AT+CPMS=?', places)
      .when(/^AT\+CPMS="ME"/, ok('+CPMS: 1,20,1,20,1,20'))
      .when('AT+CMGL=4', line('+CMS ERROR: 500'))
      .when('AT+CMGR=1', ok('+CMGR: "REC UNREAD","+39333",,"10/03/01"\r\nHello'))
      .when('AT+CMGD=?', ok('+CMGD: (1-2)'));
    await openToReceive();
    await bench.clock.advance(300_000);
    const said = bench.log.filter(({ kind }) => kind === 'unreadable').map(({ text }) => text);
    const because = 'cannot be read: the modem writes it in text mode, whatever AT+CMGF=0 says';
    expect(said).toEqual([`a message (ME 1) ${because}`, `a message (SM 1) ${because}`]);
    expect(hellos()).toEqual([]);
    expect(bench.script.typed.some((typed) => /CMGD=\d/.test(typed))).toBe(false);
    bench.script.when('AT+CMGR=1', ok(`+CMGR: 1,,${lengthOf(hello)}\r\n${hello}`)).when('AT+CMGD=1', ok());
    await bench.clock.advance(60_000);
    expect(hellos()).toEqual(['Hello', 'Hello']);
  });

  test('an announcement that got lost is found by the next sweep', async () => {
    await openToReceive();
    bench.stored.set(0, hello);
    await bench.clock.advance(60_000);
    expect(hellos()).toEqual(['Hello']);
  });

  test('a modem without +CNMI is asked every ten seconds (Nokia S60)', async () => {
    bench.script.when(/^AT\+CNMI/, line('ERROR'));
    await openToReceive();
    bench.stored.set(0, hello);
    await bench.clock.advance(10_000);
    expect(hellos()).toEqual(['Hello']);
  });

  test('an index of -1 means: look through everything (SIM7000)', async () => {
    await openToReceive();
    bench.stored.set(5, hello);
    bench.script.say(line('+CMTI: ,-1'));
    await bench.clock.advance(0);
    expect(hellos()).toEqual(['Hello']);
  });

  test.each([
    ['hangs', undefined],
    ['is unknown', line('ERROR')],
  ])('when +CMGL %s, the store is read one by one', async (_what, answer) => {
    bench.script.when('AT+CMGL=4', answer);
    bench.stored.set(4, hello);
    await openToReceive();
    await bench.clock.advance(60_000);
    expect(hellos()).toEqual(['Hello']);
  });

  test.each([
    ['+CPMS="SM" says how many places there are', ok('+CPMS: 0,3,0,3,0,3'), [0, 1, 2, 3]],
    ['nobody says it', ok(), Array.from({ length: 256 }, (_, index) => index)],
  ])('one by one ends with the highest index where +CMGD=? is refused and %s', async (_what, answer, indexes) => {
    bench.script
      .when('AT+CMGL=4', line('ERROR'))
      .when('AT+CMGD=?', line('ERROR'))
      .when(/^AT\+CPMS="SM"/, answer);
    const modem = await bench.open();
    modem.receive(bench.receiver);
    await bench.clock.advance(1_000);
    const read = bench.script.typed
      .filter((typed) => typed.startsWith('AT+CMGR='))
      .map((typed) => Number(typed.slice(8)));
    expect(read).toEqual(indexes);
    await modem.close();
  });

  test('one by one begins where +CMGD=? says that indexes begin (900, Sagem)', async () => {
    bench.script.when('AT+CMGL=4', line('ERROR')).when('AT+CMGD=?', ok('+CMGD: (900-919),(0-4)'));
    bench.stored.set(917, hello);
    await openToReceive();
    await bench.clock.advance(10_000);
    expect(hellos()).toEqual(['Hello']);
    const looked = new Set(bench.script.typed.filter((typed) => typed.startsWith('AT+CMGR=')));
    expect(looked.size).toBe(20);
  });

  test('a list that is an error when empty is empty', async () => {
    bench.script.when('AT+CMGL=4', line('+CMS ERROR: 321'));
    await openToReceive();
    expect(bench.script.typed.filter((typed) => /CMG[DR]=/.test(typed))).toEqual([]);
    await announce(1, hello);
    expect(hellos()).toEqual(['Hello']);
    await bench.clock.advance(61_000);
    expect(bench.script.typed.filter((typed) => typed === 'AT+CMGL=4')).toHaveLength(2);
  });

  test.each([
    ['its length counts the whole PDU', (pdu: string) => [`1,,${pdu.length / 2}`, pdu]],
    ['it has no address of the service centre', (pdu: string) => [`1,,${lengthOf(pdu)}`, pdu.slice(2)]],
    [
      'its length counts the whole PDU, and other octets follow',
      (pdu: string) => [`1,,${pdu.length / 2}`, `${pdu}00AA`],
    ],
    [
      'it has no address of the service centre, and other octets follow',
      (pdu: string) => [`1,,${lengthOf(pdu)}`, `${pdu.slice(2)}00AA`],
    ],
    ['other octets follow', (pdu: string) => [`1,,${lengthOf(pdu)}`, `${pdu}00AA`]],
    ['FF follows', (pdu: string) => [`1,,${lengthOf(pdu)}`, `${pdu}FFFFFFFF`]],
    [',0 follows', (pdu: string) => [`1,,${lengthOf(pdu)}`, `${pdu},0`]],
    ['<stat> is missing', (pdu: string) => [`,${lengthOf(pdu)}`, pdu]],
    ['there is an alpha', (pdu: string) => [`1,"Anna",${lengthOf(pdu)}`, pdu]],
  ])('a message is read when %s', async (_what, write) => {
    await openToReceive();
    const [header, body] = write(hello);
    bench.script.when('AT+CMGR=1', ok(`+CMGR: ${header}\r\n${body}`)).when('AT+CMGD=1', ok());
    bench.script.say(line('+CMTI: "SM",1'));
    await bench.clock.advance(0);
    expect(hellos()).toEqual(['Hello']);
  });

  test.each([
    ['OK alone', ok()],
    ['+CMGR: 0,,0', ok('+CMGR: 0,,0')],
    ['+CMS ERROR: 321', line('+CMS ERROR: 321')],
    ['+CME ERROR: 21', line('+CME ERROR: 21')],
    ['+CME ERROR: 22', line('+CME ERROR: 22')],
    ['a text-mode answer', ok('+CMGR: "REC UNREAD","+39333",,"10/03/01"\r\nHello')],
  ])('an empty place may say %s', async (_what, answer) => {
    await openToReceive();
    bench.script.when('AT+CMGR=1', answer);
    bench.script.say(line('+CMTI: "SM",1'));
    await announce(2, hello);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.log.filter(({ text }) => text.includes('ERROR'))).toEqual([]);
  });

  test.each([
    ['+CMGR', ',0'],
    ['+CMGR', 'FFFF'],
    ['+CMGL', ',0'],
  ])('a message behind which %s alone writes %s is offered once', async (command, padding) => {
    await openToReceive();
    bench.script.when('AT+CMGD=1', line('ERROR'));
    const header = (name: string) => `1,,${lengthOf(hello)}\r\n${hello}${name === command ? padding : ''}`;
    bench.script
      .when('AT+CMGR=1', ok(`+CMGR: ${header('+CMGR')}`))
      .when('AT+CMGL=4', ok(`+CMGL: 1,${header('+CMGL')}`));
    bench.script.say(line('+CMTI: "SM",1'));
    await bench.clock.advance(180_000);
    expect(hellos()).toEqual(['Hello']);
  });

  test('deleting a part that deletes its siblings too costs no message that comes into their places (SIM600)', async () => {
    await openToReceive();
    const [first = '', second = ''] = deliverPdus(from, { kind: 'text', text: 'z'.repeat(200) });
    await announce(1, first);
    bench.script.when('AT+CMGD=1', () => {
      bench.stored.clear();
      bench.stored.set(2, hello);
      return `${ok()}${line('+CMTI: "SM",2')}`;
    });
    await announce(2, second);
    await bench.clock.advance(60_000);
    expect(hellos()).toEqual(['z'.repeat(200), 'Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('an answer of +CMGR that is said twice is not taken for the next message', async () => {
    await openToReceive();
    const other = deliverPdus(from, { kind: 'text', text: 'Other' })[0] ?? '';
    const said = (pdu: string) => ok(`+CMGR: 1,,${lengthOf(pdu)}\r\n${pdu}`);
    bench.stored.set(1, hello).set(2, other);
    bench.script.when('AT+CMGR=1', said(hello)).when('AT+CMGR=2', said(hello), said(other));
    bench.script.say(line('+CMTI: "SM",1') + line('+CMTI: "SM",2'));
    await bench.clock.advance(120_000);
    expect(hellos().sort()).toEqual(['Hello', 'Other']);
    expect(bench.stored.size).toBe(0);
  });

  test('a place that is empty already is not deleted: something new may come into it meanwhile (SIM600)', async () => {
    await openToReceive();
    const [first = '', second = ''] = deliverPdus(from, { kind: 'text', text: 'z'.repeat(200) });
    await announce(1, first);
    bench.script.when('AT+CMGD=1', () => {
      bench.stored.clear();
      return ok();
    });
    await announce(2, second);
    expect(hellos()).toEqual(['z'.repeat(200)]);
    expect(bench.script.typed.filter((typed) => typed.startsWith('AT+CMGD='))).toEqual(['AT+CMGD=1']);
  });

  test('what a modem lists and does not read is deleted all the same, and offered once', async () => {
    bench.script.when(/^AT\+CMGR=/, line('+CMS ERROR: 321'));
    bench.stored.set(1, hello);
    await openToReceive();
    await bench.clock.advance(180_000);
    expect(hellos()).toEqual(['Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('a message that could not be deleted is looked at again, and not deleted when another one lies there by then', async () => {
    const other = deliverPdus(from, { kind: 'text', text: 'other' })[0] ?? '';
    await openToReceive();
    bench.script.when('AT+CMGD=1', line('+CMS ERROR: 500'));
    await announce(1, hello);
    const failures = () => bench.log.filter(({ kind }) => kind === 'hand-over-failed').map(({ text }) => text);
    expect(failures()).toEqual([expect.stringMatching(/^SM 1 could not be deleted yet: .*500/)]);
    // The list is old: by +CMGR another message is there.
    bench.script
      .when('AT+CMGL=4', ok(`+CMGL: 1,1,,${lengthOf(hello)}\r\n${hello}`))
      .when('AT+CMGR=1', ok(`+CMGR: 1,,${lengthOf(other)}\r\n${other}`))
      .when('AT+CMGD=1', () => {
        bench.stored.clear();
        return ok();
      });
    await bench.clock.advance(59_000);
    expect([hellos(), bench.stored.size]).toEqual([['Hello'], 1]);
  });

  test('a message that could not be deleted under one name of its memory is deleted under the other', async () => {
    bench.script
      .when('AT+CPMS=?', ok('+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")'))
      .when(/^AT\+CPMS="ME"/, () => ok('+CPMS: 0,20,0,20,0,20'))
      .when('AT+CMGD=4', line('+CMS ERROR: 500'), () => (bench.stored.delete(4) ? ok() : line('ERROR')));
    await openToReceive();
    bench.stored.set(4, hello);
    bench.script.say(line('+CMTI: "MT",4'));
    await bench.clock.advance(70_000);
    expect([hellos(), bench.stored.size]).toEqual([['Hello'], 0]);
  });

  test('two memories that are one store give each message once, and lose none', async () => {
    bench.script
      .when('AT+CPMS=?', ok('+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")'))
      .when(/^AT\+CPMS="ME"/, () => ok('+CPMS: 0,20,0,20,0,20'));
    await openToReceive();
    const [first = '', second = ''] = deliverPdus(from, { kind: 'text', text: 'z'.repeat(200) });
    await announce(3, first);
    bench.stored.set(1, second).set(2, hello);
    const remove = (index: number) =>
      bench.script.when(`AT+CMGD=${index}`, () => {
        bench.stored.delete(index);
        // Something new comes where the first part lay, before the sweep gets to it under the other name.
        if (index === 3 && bench.messages.length === 1) bench.stored.set(3, hello);
        return ok();
      });
    remove(3);
    await bench.clock.advance(200_000);
    expect(hellos()).toEqual(['z'.repeat(200), 'Hello', 'Hello']);
    expect(bench.stored.size).toBe(0);
  });

  test('a message in another memory is read there', async () => {
    bench.script.when('AT+CPMS=?', ok('+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")')).when('AT+CPMS="ME"', () => {
      bench.script.when('AT+CMGR=9', ok(`+CMGR: 1,,${lengthOf(hello)}\r\n${hello}`)).when('AT+CMGD=9', ok());
      return ok('+CPMS: 1,20,0,20,0,20');
    });
    await openToReceive();
    bench.script.say(line('+CMTI: "ME",9'));
    await bench.clock.advance(0);
    expect(hellos()).toEqual(['Hello']);
  });
});

describe('messages that are not stored', () => {
  beforeEach(() => {
    bench.script.when(/^AT\+CNMI=.,1/, line('ERROR')).when('AT+CNMA', ok());
  });

  const push = async (pdu: string) => {
    bench.script.say(`\r\n+CMT: ,${lengthOf(pdu)}\r\n${pdu}\r\n`);
    await bench.clock.advance(0);
  };
  const acknowledged = () => bench.script.typed.filter((typed) => typed === 'AT+CNMA').length;

  test('are handed over at once', async () => {
    await openToReceive();
    await push(hello);
    expect(hellos()).toEqual(['Hello']);
    expect(acknowledged()).toBe(0);
  });

  test('are acknowledged where +CSMS=1, after the hand-over', async () => {
    bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1'));
    await openToReceive();
    bench.receiver.refuses = true;
    await push(hello);
    expect(acknowledged()).toBe(0);
    bench.receiver.refuses = false;
    await push(hello);
    expect(acknowledged()).toBe(1);
  });

  test('are not acknowledged by a Novatel, which refuses it', async () => {
    bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1')).when('AT+CGMI', ok('Novatel Wireless'));
    await openToReceive();
    await push(hello);
    expect(acknowledged()).toBe(0);
  });

  test('are acknowledged part by part, or the next would not come; parts that are lost by closing are said', async () => {
    bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1'));
    const modem = await openToReceive();
    await push(long[0] ?? '');
    await push(long[2] ?? '');
    expect([acknowledged(), hellos()]).toEqual([2, []]);
    await bench.run(modem.close());
    expect(bench.log.filter(({ kind }) => kind === 'incomplete').map(({ text }) => text)).toEqual([
      '2 of 3 parts of a message came before the end: the modem does not store 2 of them, which are lost',
    ]);
  });

  test('and not taken before the end are said to be lost; those that are stored stay, and are not', async () => {
    const modem = await openToReceive();
    bench.receiver.refuses = true;
    await push(long[0] ?? '');
    await push(long[1] ?? '');
    await push(long[2] ?? '');
    await announce(1, hello);
    await bench.run(modem.close());
    const said = bench.log.filter(({ text }) => text.includes('before the end')).map(({ kind }) => kind);
    expect(said).toEqual(['hand-over-failed']);
    expect(bench.stored.size).toBe(1);
  });

  test('wait for a receiver', async () => {
    const modem = await bench.open();
    await push(hello);
    modem.receive(bench.receiver);
    await bench.clock.advance(0);
    expect(hellos()).toEqual(['Hello']);
  });
});

describe('coming back', () => {
  test('after unplugging, messages are swept and codes heard again', async () => {
    const modem = await openToReceive();
    bench.unplug();
    bench.stored.set(2, hello);
    await bench.clock.advance(10_000);
    expect(modem.state.kind).toBe('ready');
    expect(hellos()).toEqual(['Hello']);
    await announce(1, hello);
    expect(hellos()).toHaveLength(2);
  });

  const startedAgain = () => bench.script.typed.lastIndexOf('AT+CNMI=2,1,0,1,0');

  test.each(['RDY', 'SMS Ready', 'SMS DONE', 'Call Ready', '+CPIN: READY'])(
    'after a reboot (%s) it is set up again',
    async (code) => {
      await openToReceive();
      bench.script.when('AT+CNMI?', ok('+CNMI: 0,0,0,0,0'));
      const before = bench.script.typed.length;
      bench.script.say(line(code));
      await bench.clock.advance(10_000);
      expect(startedAgain()).toBeGreaterThan(before);
    },
  );

  test.each(['SMS Ready', 'SMS DONE', 'Call Ready', '+CPIN: READY'])(
    'a late %s of a modem that was just switched on disturbs nothing',
    async (code) => {
      await openToReceive();
      bench.script.when('AT+CNMI?', ok('+CNMI: 2,1,0,1,0'));
      const before = bench.script.typed.length;
      bench.script.say(line(code));
      await bench.clock.advance(10_000);
      expect(startedAgain()).toBeLessThan(before);
    },
  );

  test('a reboot that nobody announced is found by the next look', async () => {
    await openToReceive();
    bench.script.when('AT+CNMI?', ok('+CNMI: 2,1,0,1,0'), ok('+CNMI: 0,0,0,0,0'), ok('+CNMI: 2,1,0,1,0'));
    const before = bench.script.typed.length;
    await bench.clock.advance(60_000);
    expect(startedAgain()).toBeLessThan(before);
    await bench.clock.advance(65_000);
    expect(startedAgain()).toBeGreaterThan(before);
  });

  test('a modem that falls silent is found dead, and opened again', async () => {
    await openToReceive();
    bench.script.when(/.*/, undefined);
    await bench.clock.advance(240_000);
    expect(bench.log.map(({ text }) => text)).toContain('lost: memory: the modem did not answer 6 times in a row');
  });

  test('closing in the middle of a sweep deletes what was taken and leaves the rest', async () => {
    bench.stored.set(1, hello).set(2, hello);
    const modem = await bench.open();
    const closed = new Promise<void>((resolve) => {
      const { receiver } = bench;
      const message = async (sms: IncomingSms) => {
        await receiver.message(sms);
        void modem.close().then(resolve);
      };
      modem.receive({ ...receiver, message });
    });
    await bench.run(closed);
    expect(hellos()).toEqual(['Hello']);
    expect([...bench.stored.keys()]).toEqual([2]);
  });

  test('is not tried any more after closing', async () => {
    const modem = await openToReceive();
    await modem.close();
    await modem.close();
    const before = bench.script.typed.length;
    await bench.clock.advance(600_000);
    expect(bench.script.typed).toHaveLength(before);
    expect(modem.state).toEqual({ kind: 'closed' });
    await expect(modem.signal()).rejects.toThrow('the modem is closed');
  });
});
