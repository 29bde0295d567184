import { beforeEach, describe, expect, test } from 'vitest';
import { decodePdu, fromHex, type Modem, type OutgoingSms, type SendOutcome } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { type Bench, createBench, deliverPdus, reportPdu } from '../driver/bench.ts';
import { line, ok, PROMPT } from '../scripted-modem.ts';

let bench: Bench;
let modem: Modem;

beforeEach(async () => {
  bench = createBench();
  modem = await bench.open();
  modem.receive(bench.receiver);
  await bench.clock.advance(0);
});

const text: OutgoingSms = { id: 'a', destination: '+393331234567', content: { kind: 'text', text: 'Ciao' } };
const long: OutgoingSms = { ...text, id: 'long', content: { kind: 'text', text: 'x'.repeat(400) } };
const two: OutgoingSms = { ...text, id: 'two', content: { kind: 'text', text: 'x'.repeat(200) } };
const payloads = () => bench.script.typed.filter((typed) => typed.endsWith('^Z')).map((typed) => typed.slice(0, -2));
const submits = () => payloads().map((payload) => decodePdu(fromHex(payload), 'mobile-originated').tpdu);

describe('sending', () => {
  test('a text gives its reference', async () => {
    expect(await bench.run(modem.send(text))).toEqual({ kind: 'sent', references: [1] });
    expect(submits()).toMatchObject([
      {
        type: 'SUBMIT',
        messageReference: 0,
        destination: { type: 'international', value: '393331234567' },
        userData: { text: 'Ciao' },
      },
    ]);
    expect(submits()[0]).not.toMatchObject({ statusReportRequested: true });
  });

  test('counts the TPDU without the service centre’s address', async () => {
    await bench.run(modem.send(text));
    const [payload = ''] = payloads();
    expect(bench.script.typed).toContain(`AT+CMGS=${payload.length / 2 - 1}`);
    expect(payload.startsWith('00')).toBe(true);
  });

  test('data to a port, with a report and a validity', async () => {
    const content = {
      kind: 'data',
      data: new Uint8Array(133).fill(9),
      ports: { destination: 16001, source: 0 },
    } as const;
    await bench.run(modem.send({ ...text, content, statusReport: true, validityMs: 300_000 }));
    expect(submits()).toMatchObject([
      {
        statusReportRequested: true,
        validity: { format: 'relative', ms: 300_000 },
        userData: { header: [{ kind: 'ports', destination: 16001, source: 0 }], data: content.data },
      },
    ]);
  });

  test('a long text goes in parts, in order, and gives a reference for each', async () => {
    expect(await bench.run(modem.send(long))).toEqual({ kind: 'sent', references: [1, 2, 3] });
  });

  test('several at once go one after the other', async () => {
    const outcomes = await bench.run(Promise.all(['b', 'c', 'd'].map((id) => modem.send({ ...text, id }))));
    expect(outcomes.map((outcome) => outcome.kind === 'sent' && outcome.references)).toEqual([[1], [2], [3]]);
  });

  test.each([
    [500, true],
    [512, true],
    [513, true],
    [38, true],
    [322, true],
    [330, false],
    [21, false],
    [1, false],
  ])('+CMS ERROR: %i fails; whether it may pass: %s', async (number, retry) => {
    bench.script.when(/\^Z$/, line(`+CMS ERROR: ${number}`));
    const outcome = await bench.run(modem.send(text));
    expect(outcome).toMatchObject({ kind: 'failed', retry });
    expect(outcome.kind === 'failed' && outcome.reason).toContain(`+CMS ERROR: ${number} (`);
  });

  test.each([
    [
      '+CMS ERROR',
      [22, 27, 38, 41, 42, 47, 192, 194, 208, 211, 300, 301, 311, 314, 320, 322, 331, 500, 512, 513, 515, 3517],
      [332],
    ],
    ['+CME ERROR', [11, 14, 20, 30, 100, 515, 3517], [31]],
  ])('of all numbers of %s these may pass: %j; after these nobody knows: %j', async (family, passing, silent) => {
    const numbers = [...Array.from({ length: 520 }, (_, number) => number), 3517];
    bench.script.when(/\^Z$/, ...numbers.map((number) => line(`${family}: ${number}`)));
    const outcomes: SendOutcome[] = [];
    for (const _ of numbers) outcomes.push(await bench.run(modem.send(text)));
    const which = (accepts: (outcome: SendOutcome) => boolean) =>
      numbers.filter((_, index) => outcomes.slice(index, index + 1).some(accepts));
    expect(which((outcome) => outcome.kind === 'failed' && outcome.retry)).toEqual(passing);
    expect(which(({ kind }) => kind === 'unknown')).toEqual(silent);
    expect(which(({ kind }) => kind === 'sent')).toEqual([]);
  });

  test.each([
    ['+CMS ERROR: 311', 'AT+CPIN?'],
    ['+CMS ERROR: 316', 'AT+CPIN?'],
    ['+CME ERROR: 11', 'AT+CPIN?'],
    ['+CME ERROR: 12', 'AT+CPIN?'],
    ['+CMS ERROR: 322', 'AT+CMGL=4'],
    ['+CME ERROR: 20', 'AT+CMGL=4'],
  ])('after %s the modem is asked %s at once; after another refusal it is not', async (refusal, question) => {
    const asked = async (answer: string) => {
      bench.script.when(/\^Z$/, line(answer));
      const start = bench.script.typed.length;
      await bench.run(modem.send(text));
      await bench.clock.advance(1_000);
      return bench.script.typed.slice(start).includes(question);
    };
    expect([await asked('+CMS ERROR: 38'), await asked(refusal)]).toEqual([false, true]);
  });

  test('a number that cannot be written fails for good, and types nothing', async () => {
    const outcome = await bench.run(modem.send({ ...text, destination: '+1234567890123456789012345' }));
    expect(outcome).toMatchObject({ kind: 'failed', retry: false });
    expect(payloads()).toEqual([]);
  });

  test('a part that is refused fails the message, and the rest stays', async () => {
    bench.script.when(/\^Z$/, ok('+CMGS: 1'), line('+CMS ERROR: 500'));
    expect(await bench.run(modem.send(long))).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^segment 2 of 3: /),
      retry: true,
    });
    expect(payloads()).toHaveLength(2);
  });

  test('a lost answer is unknown, and the message is never typed again', async () => {
    bench.script.when(/\^Z$/, undefined, ok('+CMGS: 9'));
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'unknown' });
    expect(await bench.run(modem.send({ ...text, id: 'next' }))).toEqual({ kind: 'sent', references: [9] });
    expect(payloads()).toHaveLength(2);
  });

  test('an answer counts as lost after the time that was asked for', async () => {
    const patient = createBench();
    const other = await patient.open({ submitTimeoutMs: 30_000 });
    patient.script.when(/\^Z$/, undefined);
    const start = patient.clock.now();
    expect(await patient.run(other.send(text))).toMatchObject({ kind: 'unknown' });
    expect(patient.clock.now() - start).toBe(30_000);
  });

  test.each([line('+CMS ERROR: 332'), line('+CME ERROR: 31')])(
    'when the modem waited in vain for the network, nobody knows: %j',
    async (answer) => {
      bench.script.when(/\^Z$/, answer);
      expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'unknown' });
      expect(payloads()).toHaveLength(1);
    },
  );

  test.each([line('+CMS ERROR: 332'), line('+CME ERROR: 31')])(
    'with the same answer before the PDU was typed nothing was sent: %j',
    async (answer) => {
      bench.script.when(/^AT\+CMGS=/, answer);
      expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'failed', retry: false });
      expect(payloads()).toEqual([]);
    },
  );

  test('a full store that stops sending is swept (+CMS ERROR: 322)', async () => {
    const [stored = ''] = deliverPdus('39333', { kind: 'text', text: 'Hello' });
    bench.stored.set(1, stored);
    bench.script.when(/\^Z$/, line('+CMS ERROR: 322'), ok('+CMGS: 1'));
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'failed', retry: true });
    await bench.clock.advance(1_000);
    expect([bench.messages.length, bench.stored.size]).toEqual([1, 0]);
  });

  test('a SIM that wants its PIN again shows a reboot: the modem is opened anew, and what waits goes out', async () => {
    bench.script.when(/\^Z$/, line('+CMS ERROR: 311'), ok('+CMGS: 1'));
    bench.script.when('AT+CPIN?', ok('+CPIN: SIM PIN'), ok('+CPIN: READY'));
    const [first, second] = await bench.run(Promise.all([modem.send(text), modem.send({ ...text, id: 'b' })]));
    expect(first).toMatchObject({ kind: 'failed', retry: true });
    expect(second).toMatchObject({ kind: 'sent' });
    expect(bench.log.map(({ text: said }) => said)).toContain(
      'lost: memory: the SIM is locked again: the modem rebooted',
    );
  });

  test('a refusal after a lost answer is held back once: the next refusal is the next message’s own', async () => {
    await bench.run(modem.send(text));
    bench.script.when(/\^Z$/, undefined, line('+CMS ERROR: 500'), line('+CMS ERROR: 500'), ok('+CMGS: 4'));
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'unknown' });
    const outcomes: unknown[] = [];
    for (const id of ['b', 'c', 'd']) {
      const start = bench.clock.now();
      const { kind } = await bench.run(modem.send({ ...text, id }));
      outcomes.push([kind, bench.clock.now() - start >= 25_000 ? 'held' : 'at once']);
    }
    expect(outcomes).toEqual([
      ['failed', 'held'],
      ['failed', 'at once'],
      ['sent', 'at once'],
    ]);
  });

  /** The prompt by the book is CR LF > SPACE. */
  test.each([
    ['SIM7670G, gammu#1176', '\r\n> \r\n\r'],
    ['LARA-L6, RIOT#20016', '>'],
    ['LARA-L6 with its space', '> '],
  ])('goes out behind a prompt that is written otherwise (%s)', async (_model, prompt) => {
    bench.script.when(/^AT\+CMGS=/, () => {
      bench.script.say(prompt);
      return undefined;
    });
    expect(await bench.run(modem.send(text))).toEqual({ kind: 'sent', references: [1] });
    expect(payloads()).toHaveLength(1);
  });

  test('an OK without a reference is unknown', async () => {
    bench.script.when(/\^Z$/, ok());
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'unknown' });
  });

  test('a +CMGS that is not heard is typed again (BenQ M32, Alcatel BE5 after idle)', async () => {
    bench.script.when(/^AT\+CMGS=/, undefined, PROMPT);
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'sent' });
    expect(payloads()).toHaveLength(1);
  });

  test('the answer to a message whose PDU was not typed is not expected any more: the next refusal is not held back', async () => {
    await bench.run(modem.send(text));
    bench.script.when(/^AT\+CMGS=/, undefined, undefined, PROMPT).when(/\^Z$/, line('+CMS ERROR: 500'));
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'failed', retry: true });
    // The modem is asked whether it is there before the next message.
    await bench.run(modem.signal().catch(() => {}));
    const start = bench.clock.now();
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'failed' });
    expect(bench.clock.now() - start).toBeLessThan(5_000);
  });

  test.each([
    ['one SMS', text, 1, /^AT\+CMGS=/],
    ['the first of two', two, 1, /^segment 1 of 2: AT\+CMGS=/],
    ['the second of two', two, 2, /^segment 2 of 2: AT\+CMGS=/],
  ])('a refusal of %s by ERROR alone says which it was, and may pass', async (_what, message, place, reason) => {
    const sent = Array.from({ length: place - 1 }, () => ok('+CMGS: 1'));
    bench.script.when(/\^Z$/, ...sent, line('ERROR'));
    expect(await bench.run(modem.send(message))).toEqual({
      kind: 'failed',
      reason: expect.stringMatching(reason),
      retry: true,
    });
  });

  test('a prompt that never comes fails, and may be tried again', async () => {
    bench.script.when(/^AT\+CMGS=/, undefined, undefined, PROMPT);
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'failed', retry: true });
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'sent' });
  });

  test('unplugged in the middle: unknown what was typed, failed what was not, and the next goes out after the return', async () => {
    bench.script.when(/\^Z$/, undefined);
    const going = modem.send(text);
    const waiting = modem.send({ ...text, id: 'b' });
    await bench.clock.advance(1_000);
    bench.script.when(/\^Z$/, ok('+CMGS: 5'));
    bench.unplug();
    expect(await bench.run(going)).toMatchObject({ kind: 'unknown' });
    expect(await bench.run(waiting)).toEqual({ kind: 'sent', references: [5] });
    // The answer that was lost with the port is not expected any more: the next refusal is not held back.
    bench.script.when(/\^Z$/, line('+CMS ERROR: 38'));
    const start = bench.clock.now();
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'failed' });
    expect(bench.clock.now() - start).toBeLessThan(5_000);
  });

  test('goes out as soon as there is a network, also when there was none before', async () => {
    bench = createBench();
    bench.script.when('AT+CREG?', ok('+CREG: 1,2'));
    modem = await bench.open();
    await bench.clock.advance(300_000);
    const start = bench.clock.now();
    const going = modem.send(text);
    await bench.clock.advance(30_000);
    expect(payloads()).toEqual([]);
    bench.script.when('AT+CREG?', ok('+CREG: 1,1')).say(line('+CREG: 1'));
    expect(await bench.run(going)).toMatchObject({ kind: 'sent' });
    expect(bench.clock.now() - start).toBeLessThan(31_000);
    await bench.run(modem.close());
    expect(bench.clock.next).toBeUndefined();
  });

  test('that waited behind a slow one waits a minute for a network that was lost meanwhile', async () => {
    bench.script.when(/\^Z$/, () => {
      bench.clock.after(100_000, () => bench.script.say(ok('+CMGS: 1')));
      return undefined;
    });
    const [slow, waiting] = [modem.send(text), modem.send({ ...text, id: 'b' })];
    await bench.clock.advance(90_000);
    bench.script.when('AT+CREG?', ok('+CREG: 1,2')).say(line('+CREG: 2'));
    expect(await bench.run(slow)).toMatchObject({ kind: 'sent' });
    await bench.clock.advance(30_000);
    bench.script.when(/\^Z$/, ok('+CMGS: 2')).when('AT+CREG?', ok('+CREG: 1,1')).say(line('+CREG: 1'));
    expect(await bench.run(waiting)).toEqual({ kind: 'sent', references: [2] });
  });

  test('waits a minute for a network, then fails', async () => {
    bench.script.when('AT+CREG?', ok('+CREG: 1,2'));
    bench.script.say(line('+CREG: 2'));
    await bench.clock.advance(0);
    const start = bench.clock.now();
    expect(await bench.run(modem.send(text))).toMatchObject({
      kind: 'failed',
      reason: 'the modem is not ready: searching: searching',
      retry: true,
    });
    expect(bench.clock.now() - start).toBe(60_000);
  });

  test('a message that waited behind another one for the network does not wait a minute more', async () => {
    bench.script.when('AT+CREG?', ok('+CREG: 1,2'));
    bench.script.say(line('+CREG: 2'));
    await bench.clock.advance(0);
    const start = bench.clock.now();
    const both = [modem.send(text), modem.send({ ...text, id: 'b' })];
    await bench.clock.advance(30_000);
    bench.unplug();
    expect((await bench.run(Promise.all(both))).map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    expect(bench.clock.now() - start).toBe(60_000);
  });

  test('takes no time of its own when the modem takes none', async () => {
    const start = bench.clock.now();
    await bench.run(Promise.all(Array.from({ length: 200 }, (_, index) => modem.send({ ...text, id: `${index}` }))));
    expect(payloads()).toHaveLength(200);
    expect(bench.clock.now() - start).toBe(0);
  });

  test.each([
    ['takes it', ok()],
    ['refuses it (E1752)', line('+CMS ERROR: 500')],
    ['does not know it', line('ERROR')],
  ])(
    'asks once to keep the link open when more than one SMS is to go; a modem that %s sends them all',
    async (_, answer) => {
      bench.script.when('AT+CMMS=2', answer);
      const asked = () => bench.script.typed.filter((typed) => typed.startsWith('AT+CMMS')).length;
      await bench.run(modem.send(text));
      expect(asked()).toBe(0);
      const outcomes = await bench.run(Promise.all([modem.send(long), modem.send(text), modem.send(text)]));
      expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
      expect(asked()).toBe(1);
    },
  );

  test('asks to keep the link open when another message waits, and not when none does', async () => {
    const asked = () => bench.script.typed.filter((typed) => typed.startsWith('AT+CMMS')).length;
    await bench.run(modem.send(text));
    await bench.run(modem.send(text));
    expect(asked()).toBe(0);
    await bench.run(Promise.all([modem.send(text), modem.send({ ...text, id: 'b' })]));
    expect(asked()).toBe(1);
  });

  test('asks to keep the link open once for each opening', async () => {
    const asked = () => bench.script.typed.filter((typed) => typed === 'AT+CMMS=2').length;
    for (const times of [1, 2]) {
      for (let message = 0; message < 2; message += 1) await bench.run(modem.send(two));
      expect(asked()).toBe(times);
      bench.unplug();
      await bench.clock.advance(5_000);
    }
  });

  test('of two parts whose answer is lost the first one says why', async () => {
    bench.script.when(/\^Z$/, ok(), undefined, ok('+CMGS: 3'));
    const reason = 'the modem said OK without a message reference';
    expect(await bench.run(modem.send(long))).toEqual({ kind: 'unknown', reason });
    expect(payloads()).toHaveLength(3);
  });

  test('1,000 may wait; one more fails at once, until one has gone out', async () => {
    bench.script.when(/\^Z$/, undefined);
    const all = Array.from({ length: 1_000 }, (_, index) => modem.send({ ...text, id: `${index}` }));
    const reason = '1000 messages are waiting already';
    expect(await modem.send(text)).toEqual({ kind: 'failed', reason, retry: true });
    bench.script.when(/\^Z$/, ok('+CMGS: 1'));
    await bench.run(Promise.all(all));
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'sent' });
  });

  test.each([
    [4_900, 0],
    [5_000, 1],
  ])('after %i ms without a message PDU mode is set %i times', async (idleMs, times) => {
    await bench.run(modem.send(text));
    await bench.clock.advance(idleMs);
    const start = bench.script.typed.length;
    await bench.run(modem.send(text));
    expect(bench.script.typed.slice(start).filter((typed) => typed === 'AT+CMGF=0')).toHaveLength(times);
  });

  test.each([
    ['one SMS', 0],
    ['two SMS', 1],
    ['three SMS', 1],
  ])('a message of %s with none behind it asks %i times to keep the link open', async (what, times) => {
    await bench.run(modem.send(what === 'one SMS' ? text : what === 'two SMS' ? two : long));
    expect(bench.script.typed.filter((typed) => typed === 'AT+CMMS=2')).toHaveLength(times);
  });

  test('while messages follow each other PDU mode is set once, however long that goes on', async () => {
    const start = bench.script.typed.length;
    for (let time = 0; time < 6; time += 1) {
      await bench.run(modem.send(text));
      await bench.clock.advance(3_000);
    }
    expect(bench.script.typed.slice(start).filter((typed) => typed === 'AT+CMGF=0')).toHaveLength(1);
  });

  test('a message that was refused says nothing of PDU mode', async () => {
    await bench.run(modem.send(text));
    await bench.clock.advance(4_000);
    bench.script.when(/\^Z$/, line('+CMS ERROR: 38'));
    await bench.run(modem.send(text));
    await bench.clock.advance(2_000);
    const start = bench.script.typed.length;
    await bench.run(modem.send(text));
    expect(bench.script.typed.slice(start)[0]).toBe('AT+CMGF=0');
  });

  test('goes out when +CMGF=0 before it is not heard the first time', async () => {
    bench.script.when('AT+CMGF=0', undefined, ok());
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'sent' });
  });

  test('PDU mode that was set is not set again within 5 s, though nothing went out', async () => {
    bench.script.when(/^AT\+CMGS=/, line('+CMS ERROR: 38'));
    const start = bench.script.typed.length;
    for (let time = 0; time < 2; time += 1) await bench.run(modem.send(text));
    expect(bench.script.typed.slice(start).filter((typed) => typed === 'AT+CMGF=0')).toHaveLength(1);
  });

  test('references of long texts go round', async () => {
    bench = createBench(new VirtualClock(65_534_000));
    modem = await bench.open();
    for (const id of ['a', 'b', 'c']) await bench.run(modem.send({ ...two, id }));
    const references = submits().flatMap((submit) =>
      'userData' in submit
        ? (submit.userData?.header ?? []).map((element) => 'reference' in element && element.reference)
        : [],
    );
    expect(references).toEqual([255, 255, 0, 0, 1, 1]);
  });

  test('long texts that follow each other have references that follow each other', async () => {
    const references: (number | undefined)[] = [];
    for (const id of ['a', 'b']) await bench.run(modem.send({ ...long, id }));
    for (const submit of submits()) {
      const [element] = 'userData' in submit ? (submit.userData?.header ?? []) : [];
      references.push(element?.kind === 'concatenation' ? element.reference : undefined);
    }
    const [first = 0] = references;
    const next = (first + 1) % 256;
    expect(references).toEqual([first, first, first, next, next, next]);
  });

  test('no PDU is typed to a modem that went back to text mode unnoticed, where it would go out as a text', async () => {
    await bench.run(modem.send(text));
    await bench.clock.advance(5_000);
    bench.script.when('AT+CMGF=0', line('ERROR'));
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'failed', retry: true });
    bench.script.when('AT+CMGF=0', ok());
    expect(await bench.run(modem.send(text))).toMatchObject({ kind: 'sent' });
    expect(payloads()).toHaveLength(2);
  });

  test('after closing fails', async () => {
    await modem.close();
    expect(await modem.send(text)).toMatchObject({ kind: 'failed' });
  });
});

describe('status reports', () => {
  const tell = async (reference: number, status: number, to = '393331234567') => {
    const pdu = reportPdu(to, reference, status);
    bench.script.say(`\r\n+CDS: ${pdu.length / 2 - 1}\r\n${pdu}\r\n`);
    await bench.clock.advance(1_000);
  };

  test('come back under the message’s id', async () => {
    await bench.run(modem.send({ ...text, statusReport: true }));
    await tell(1, 0);
    expect(bench.reports).toMatchObject([{ id: 'a', outcome: 'delivered', status: 0 }]);
  });

  test('say delivered once every part was', async () => {
    await bench.run(modem.send({ ...long, statusReport: true }));
    await tell(3, 0);
    await tell(1, 0);
    expect(bench.reports).toEqual([]);
    await tell(2, 0);
    expect(bench.reports).toMatchObject([{ id: 'long', outcome: 'delivered' }]);
  });

  test('say trying, then failed', async () => {
    await bench.run(modem.send({ ...text, statusReport: true }));
    await tell(1, 0x21);
    await tell(1, 0x46);
    expect(bench.reports.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['trying', 0x21],
      ['failed', 0x46],
    ]);
  });

  test('that come before the modem’s answer are not lost', async () => {
    const pdu = reportPdu('393331234567', 7, 0);
    bench.script.when(/\^Z$/, `\r\n+CDS: 25\r\n${pdu}\r\n${ok('+CMGS: 7')}`);
    await bench.run(modem.send({ ...text, statusReport: true }));
    await bench.clock.advance(0);
    expect(bench.reports).toMatchObject([{ id: 'a', outcome: 'delivered' }]);
  });

  test('resolve a message whose answer was lost', async () => {
    bench.script.when(/\^Z$/, undefined);
    expect((await bench.run(modem.send({ ...text, statusReport: true }))).kind).toBe('unknown');
    await tell(77, 0);
    expect(bench.reports).toMatchObject([{ id: 'a', outcome: 'delivered' }]);
  });

  test('resolve each of several lost messages by the reference that was its turn (23.040, 9.2.3.6)', async () => {
    bench.script.when(/\^Z$/, ok('+CMGS: 254'), undefined, undefined, ok('+CMGS: 1'));
    for (const id of ['a', 'b', 'c', 'd']) await bench.run(modem.send({ ...text, id, statusReport: true }));
    for (const reference of [0, 1, 255, 254]) await tell(reference, 0);
    expect(bench.reports.map(({ id }) => id)).toEqual(['c', 'd', 'b', 'a']);
  });

  test('of a message that failed half-way are not taken for a lost one', async () => {
    bench.script.when(/\^Z$/, ok('+CMGS: 1'), undefined, ok('+CMGS: 3'), line('+CMS ERROR: 500'));
    for (const each of [text, { ...text, id: 'lost' }, long])
      await bench.run(modem.send({ ...each, statusReport: true }));
    await tell(3, 0);
    expect(bench.reports).toEqual([]);
    await tell(2, 0);
    expect(bench.reports).toMatchObject([{ id: 'lost', outcome: 'delivered' }]);
  });

  test('with another reference than was its turn are not a lost one’s, from a modem that counts', async () => {
    bench.script.when(/\^Z$/, ok('+CMGS: 1'), ok('+CMGS: 2'), undefined);
    for (const id of ['a', 'b', 'lost']) await bench.run(modem.send({ ...text, id, statusReport: true }));
    await tell(77, 0);
    expect(bench.reports).toEqual([]);
    await tell(3, 0);
    expect(bench.reports).toMatchObject([{ id: 'lost' }]);
  });

  test('are those of the latest message with that reference: they come round again (23.040, 9.2.3.6)', async () => {
    bench.script.when(/\^Z$/, ok('+CMGS: 7'));
    for (const id of ['old', 'new']) await bench.run(modem.send({ ...text, id, statusReport: true }));
    await tell(7, 0);
    expect(bench.reports.map(({ id }) => id)).toEqual(['new']);
  });

  test('that come twice settle nothing else', async () => {
    bench.script.when(/\^Z$/, ok('+CMGS: 1'), undefined);
    await bench.run(modem.send({ ...text, statusReport: true }));
    await bench.run(modem.send({ ...text, id: 'lost', statusReport: true }));
    for (let time = 0; time < 3; time += 1) await tell(1, 0);
    expect(bench.reports.map(({ id }) => id)).toEqual(['a']);
  });

  test('of a message that asked for none are nobody’s', async () => {
    await bench.run(modem.send(text));
    await tell(1, 0);
    expect(bench.reports).toEqual([]);
    expect(bench.log.filter(({ kind }) => kind === 'unmatched-report')).toHaveLength(1);
  });

  test('of another recipient or another reference are nobody’s, and said to be', async () => {
    await bench.run(modem.send({ ...text, statusReport: true }));
    await tell(1, 0, '390000000000');
    await tell(2, 0);
    expect(bench.reports).toEqual([]);
    expect(bench.log.filter(({ kind }) => kind === 'unmatched-report')).toHaveLength(2);
  });

  test('announced in SM and kept in SR are read there (EC25)', async () => {
    await bench.run(modem.send({ ...text, statusReport: true }));
    const pdu = reportPdu('393331234567', 1, 0);
    bench.script.when('AT+CPMS="SR"', () => {
      bench.script.when('AT+CMGR=0', ok(`+CMGR: 1,,${pdu.length / 2 - 1}\r\n${pdu}`)).when('AT+CMGD=0', ok());
      return ok('+CPMS: 1,9,0,20,0,20');
    });
    bench.script.say(line('+CDSI: "SM",0'));
    await bench.clock.advance(1_000);
    expect(bench.reports).toHaveLength(1);
  });

  test('are read from the store when the modem keeps them there (+CDSI), and deleted', async () => {
    await bench.run(modem.send({ ...text, statusReport: true }));
    bench.stored.set(4, reportPdu('393331234567', 1, 0));
    bench.script.say(line('+CDSI: "SM",4'));
    await bench.clock.advance(0);
    expect(bench.reports).toHaveLength(1);
    expect(bench.stored.size).toBe(0);
  });
});

/** "A late answer must not become the answer of the next command" (W at.go:446-468), not even that of the next `+CMGS`. */
describe('a +CMGS answer that comes while the next message is being sent', () => {
  const sent = (reference: number) => ({ kind: 'sent', references: [reference] });
  test.each<[what: string, said: readonly (readonly [atMs: number, text: string])[], outcome: object]>([
    [
      'late one, then its own',
      [
        [1_000, ok('+CMGS: 2')],
        [4_000, ok('+CMGS: 3')],
      ],
      sent(3),
    ],
    [
      'late one, then a refusal',
      [
        [1_000, ok('+CMGS: 2')],
        [4_000, line('+CMS ERROR: 38')],
      ],
      { kind: 'failed', retry: true },
    ],
    [
      'late refusal, then its own',
      [
        [1_000, line('+CMS ERROR: 38')],
        [4_000, ok('+CMGS: 3')],
      ],
      sent(3),
    ],
    [
      'late refusal, then a refusal',
      [
        [1_000, line('+CMS ERROR: 38')],
        [4_000, line('+CMS ERROR: 500')],
      ],
      { kind: 'failed' },
    ],
    ['its own, and no other', [[1_000, ok('+CMGS: 3')]], sent(3)],
    ['one of a modem that did not count the lost one', [[1_000, ok('+CMGS: 2')]], sent(2)],
    ['a refusal, and no other', [[1_000, line('+CMS ERROR: 38')]], { kind: 'failed', retry: true }],
  ])('%s', async (_what, said, outcome) => {
    const bench = createBench();
    const modem = await bench.open({ submitTimeoutMs: 20_000 });
    const say = () => {
      for (const [atMs, text] of said) bench.clock.after(atMs, () => bench.script.say(text));
      return undefined;
    };
    bench.script.when(/\^Z$/, ok('+CMGS: 1'), undefined, say);
    const send = (id: string) => modem.send({ id, destination: '+393330000009', content: { kind: 'text', text: id } });
    const outcomes = await bench.run(Promise.all(['1', '2', '3'].map(send)));
    expect(outcomes).toMatchObject([sent(1), { kind: 'unknown' }, outcome]);
    await bench.run(modem.close());
  });
});
