import { beforeEach, describe, expect, test } from 'vitest';
import type { UnreadableSms } from '../../../modem/index.ts';
import { type Bench, createBench, deliverPdus, lengthOf, reportPdu } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

const from = '393331234567';
const [hello = ''] = deliverPdus(from, { kind: 'text', text: 'Hello' });
/** A DELIVER that ends in its originator, and the reason. */
const CUT = '0004049121';
const CUT_REASON = 'TP-OA, octet 5: the octets end here';

let bench: Bench;
let records: UnreadableSms[];
/** How often a record is refused before it is taken. */
let refusals: number;

beforeEach(async () => {
  bench = createBench();
  records = [];
  refusals = 0;
});

async function openToReceive(): Promise<void> {
  const modem = await bench.open();
  modem.receive({
    ...bench.receiver,
    async unreadable(record) {
      refusals -= 1;
      if (refusals >= 0) throw new Error('the disk is full');
      records.push(record);
    },
  });
  await bench.clock.advance(1_000);
}

async function announce(index: number, pdu: string): Promise<void> {
  bench.stored.set(index, pdu);
  bench.script.say(line(`+CMTI: "SM",${index}`));
  await bench.clock.advance(1_000);
}

const texts = () => bench.messages.map(({ content }) => (content.kind === 'text' ? content.text : content.data.length));

describe('a record that cannot be read', () => {
  test.each([
    ['cut', CUT, CUT_REASON],
    ['nothing but FF', 'FF'.repeat(176), expect.stringMatching(/^[A-Z-]+, octet \d+: /)],
    ['compressed text', hello.replace(/^(00.{20})../, '$120'), expect.stringContaining('compressed')],
  ])('%s: is handed over as it is, once, and deleted', async (_what, pdu, reason) => {
    await openToReceive();
    await announce(1, pdu);
    expect(records).toEqual([{ pdu, reason }]);
    expect(bench.stored.size).toBe(0);
    await announce(2, hello);
    await bench.clock.advance(300_000);
    expect(records).toHaveLength(1);
    expect(texts()).toEqual(['Hello']);
    expect(bench.log.filter(({ kind }) => kind === 'unreadable')).toHaveLength(1);
  });

  describe.each([
    ['an odd number of digits', '07917130967000F0040', 'hex, octet 9: not a pair of hex digits here'],
    ['more than digits', '00GARBAGE', 'hex, octet 1: not a pair of hex digits here'],
    ['no digits', '*** %$', 'hex, octet 0: not a pair of hex digits here'],
    ['a whole message but for its last digit', hello.slice(0, -1), /^hex, octet \d+: not a pair of hex digits here$/],
  ])('whose PDU line has %s', (_what, pdu, reason) => {
    const handedOver = [{ pdu, reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) }];

    test('is handed over as the line came, and deleted, when it is announced', async () => {
      await openToReceive();
      await announce(1, pdu);
      expect(records).toEqual(handedOver);
      expect(bench.stored.size).toBe(0);
    });

    test('also when it is found between others in a list', async () => {
      bench.stored.set(1, hello).set(2, pdu).set(3, hello);
      await openToReceive();
      await bench.clock.advance(1_000);
      expect(records).toEqual(handedOver);
      expect(texts()).toEqual(['Hello', 'Hello']);
      expect(bench.stored.size).toBe(0);
    });

    test('also on a modem that reads places one by one', async () => {
      bench.script.when('AT+CMGL=4', line('ERROR'));
      bench.stored.set(1, pdu);
      await openToReceive();
      await bench.clock.advance(30_000);
      expect(records).toEqual(handedOver);
      expect(bench.stored.size).toBe(0);
    });

    test('stays without a receiver for it', async () => {
      const modem = await bench.open();
      modem.receive(bench.receiver);
      await announce(1, pdu);
      await bench.clock.advance(60_000);
      expect([...bench.stored.values()]).toEqual([pdu]);
    });
  });

  describe('is not made of what comes in the place of the PDU line', () => {
    test.each([
      ['nothing', ''],
      ['a code', line('+CMTI: "SM",7')],
      ['a word that is a code', line('RING')],
      ['another code', line('^RSSI: 20')],
    ])('%s, by +CMGR and +CMGL', async (_what, instead) => {
      await openToReceive();
      bench.script
        .when('AT+CMGR=1', `\r\n+CMGR: 1,,25\r\n${instead}${ok()}`)
        .when('AT+CMGL=4', `\r\n+CMGL: 1,1,,25\r\n${instead}${ok()}`);
      await announce(1, hello);
      await bench.clock.advance(60_000);
      expect([records, bench.messages]).toEqual([[], []]);
      expect([...bench.stored.values()]).toEqual([hello]);
    });

    const said = '"REC UNREAD","+393331234567",,"10/03/01,09:00:00+04"';

    test('the text of a message in text mode, in a list', async () => {
      bench.script.when('AT+CMGL=4', ok(`+CMGL: 1,${said}\r\nHello`)).when('AT+CMGR=1', ok('+CMGR: 1,,25\r\nHello'));
      bench.stored.set(1, hello);
      await openToReceive();
      await bench.clock.advance(60_000);
      expect([records.length, bench.stored.size]).toEqual([0, 1]);
    });

    test('the text of a message in text mode, by +CMGR', async () => {
      bench.script.when('AT+CMGL=4', ok()).when('AT+CMGR=1', ok(`+CMGR: ${said}\r\nHello`));
      await openToReceive();
      await announce(1, hello);
      await bench.clock.advance(60_000);
      expect(records).toEqual([]);
      expect(bench.stored.size).toBe(1);
    });

    test.each([
      ['noise', line('~~#')],
      ['noise twice', `${line('~~#')}${line('}}')}`],
      ['noise and a code', `${line('~~#')}${line('+CMTI: "SM",7')}`],
    ])('%s before the PDU', async (_what, noise) => {
      await openToReceive();
      const header = `\r\n+CMGR: 1,,${lengthOf(hello)}\r\n${noise}`;
      bench.script.when('AT+CMGR=1', () => (bench.stored.has(1) ? `${header}${ok(hello)}` : ok()));
      await announce(1, hello);
      expect(texts()).toEqual(['Hello']);
      expect(records).toEqual([]);
    });

    test('noise that differs each time: the record stays, and is read when the line is quiet', async () => {
      await openToReceive();
      let count = 0;
      bench.script.when('AT+CMGR=1', () => {
        count += 1;
        return ok(count < 3 ? `+CMGR: 1,,25\r\n~~${count}` : `+CMGR: 1,,${lengthOf(hello)}\r\n${hello}`);
      });
      await announce(1, hello);
      expect([records.length, bench.stored.size]).toEqual([0, 1]);
      await bench.clock.advance(60_000);
      expect(texts()).toEqual(['Hello']);
      expect(records).toEqual([]);
    });
  });

  test('that the receiver does not take stays, and is offered again', async () => {
    refusals = 2;
    await openToReceive();
    await announce(1, CUT);
    expect(bench.stored.size).toBe(1);
    await bench.clock.advance(30_000);
    expect([records.length, bench.stored.size]).toEqual([0, 1]);
    await bench.clock.advance(30_000);
    expect([records.length, bench.stored.size]).toEqual([1, 0]);
  });

  test('is deleted only as long as it lies there', async () => {
    await openToReceive();
    const said = (pdu: string) => ok(`+CMGR: 1,,${lengthOf(pdu)}\r\n${pdu}`);
    bench.script.when('AT+CMGR=1', said(CUT), said(CUT), () => {
      bench.stored.set(1, hello);
      return said(hello);
    });
    await announce(1, CUT);
    expect(records).toHaveLength(1);
    expect(bench.stored.get(1)).toBe(hello);
    await bench.clock.advance(60_000);
    expect(texts()).toEqual(['Hello']);
  });

  test('that the modem passes on at once is handed over, and acknowledged', async () => {
    bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1')).when('AT+CNMA', ok());
    await openToReceive();
    bench.script.say(line(`+CMT: ,${lengthOf(CUT)}\r\n${CUT}`));
    await bench.clock.advance(1_000);
    expect(records).toEqual([{ pdu: CUT, reason: CUT_REASON }]);
    expect(bench.script.typed).toContain('AT+CNMA');
  });

  describe('that the modem passes on at once, with a damaged PDU', () => {
    beforeEach(() => bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1')).when('AT+CNMA', ok()));
    const acknowledged = () => bench.script.typed.filter((typed) => typed === 'AT+CNMA').length;

    test.each([
      ['an odd number of digits', '+CMT: ,25', '07917130967000F0040', 'hex, octet 9: not a pair of hex digits here'],
      ['more than digits', '+CMT: "Anna",25', '00GARBAGE', 'hex, octet 1: not a pair of hex digits here'],
      ['a status report', '+CDS: 25', '0006X', 'hex, octet 2: not a pair of hex digits here'],
      ['only a length', '+CMT: 25', '0', 'hex, octet 0: not a pair of hex digits here'],
    ])('%s: is handed over as the line came, once, and acknowledged', async (_what, header, pdu, reason) => {
      await openToReceive();
      bench.script.say(line(header) + line(pdu));
      await bench.clock.advance(1_900);
      expect([records, acknowledged()]).toEqual([[], 0]);
      await bench.clock.advance(1_000);
      expect([records, acknowledged()]).toEqual([[{ pdu, reason }], 1]);
      await bench.clock.advance(120_000);
      expect(records).toHaveLength(1);
    });

    test('the PDU that comes behind noise is the message', async () => {
      await openToReceive();
      bench.script.say(line(`+CMT: ,${lengthOf(hello)}`) + line('~~#'));
      await bench.clock.advance(1_900);
      bench.script.say(line(hello));
      await bench.clock.advance(60_000);
      expect([texts(), records, acknowledged()]).toEqual([['Hello'], [], 1]);
    });

    test('each of two is handed over, and a whole one behind them', async () => {
      await openToReceive();
      bench.script.say(['+CMT: ,25', 'X1', '+CMT: ,26', 'X2', `+CMT: ,${lengthOf(hello)}`, hello].map(line).join(''));
      await bench.clock.advance(10_000);
      expect(records.map(({ pdu }) => pdu)).toEqual(['X1', 'X2']);
      expect(texts()).toEqual(['Hello']);
    });

    test.each([
      ['nothing comes', line('+CMT: ,25')],
      ['a word that is a code', line('+CMT: ,25') + line('RING')],
      ['another code', line('+CMT: ,25') + line('+CREG: 1')],
      ['a final code', line('+CMT: ,25') + line('OK')],
      ['a text', line('+CMT: "+393331234567",,"10/03/01,09:00:00+04"') + line('Hello')],
      [
        'a text, all values',
        line('+CMT: "+393331234567",,"10/03/01,09:00:00+04",145,4,0,0,"+39",145,5') + line('Hello'),
      ],
      ['a text, without a name', line('+CMT: "+393331234567","10/03/01,09:00:00+04"') + line('Hello')],
      ['a report in text mode', line('+CDS: 6,1,"+393331234567",145,"10/03/01,09:00:00+04"') + line('Hello')],
    ])('is not made of what is no PDU: %s', async (_what, said) => {
      await openToReceive();
      bench.script.say(said);
      await bench.clock.advance(60_000);
      expect([records, bench.messages, acknowledged()]).toEqual([[], [], 0]);
    });

    test('is not made of a line that comes long after its header; the PDU may still come', async () => {
      await openToReceive();
      bench.script.say(line(`+CMT: ,${lengthOf(hello)}`));
      await bench.clock.advance(2_100);
      bench.script.say(line('~~#'));
      await bench.clock.advance(3_000);
      bench.script.say(line(hello));
      await bench.clock.advance(3_000);
      expect([texts(), records]).toEqual([['Hello'], []]);
    });

    test('is lost with the port', async () => {
      await openToReceive();
      bench.script.say(line('+CMT: ,25') + line('X1'));
      bench.unplug();
      await bench.clock.advance(60_000);
      expect(records).toEqual([]);
    });
  });

  test('that the modem passed on and nobody took is not acknowledged, and is lost with the program, which is said', async () => {
    bench.script.when('AT+CSMS?', ok('+CSMS: 1,1,1,1')).when('AT+CNMA', ok());
    const modem = await bench.open();
    modem.receive({ ...bench.receiver, unreadable: () => Promise.reject(new Error('the disk is full')) });
    await bench.clock.advance(1_000);
    bench.script.say(line(`+CMT: ,${lengthOf(CUT)}\r\n${CUT}`));
    await bench.clock.advance(1_000);
    expect(bench.script.typed).not.toContain('AT+CNMA');
    await bench.run(modem.close());
    expect(bench.log.filter(({ kind }) => kind === 'hand-over-failed').at(-1)?.text).toContain('it is lost');
  });
});

describe('a SUBMIT that somebody stored', () => {
  test.each([
    ['read as a SUBMIT-REPORT it is compressed text', '0001020C91933313325476000005C8329BFD06'],
    ['read as a SUBMIT-REPORT it is too short', '00010702812100000131'],
    ['it fills a record of the SIM', `0001020C91933313325476000005C8329BFD06${'FF'.repeat(157)}`],
  ])('stays where it is, and nothing is said: %s', async (_what, pdu) => {
    await openToReceive();
    await announce(1, pdu);
    await bench.clock.advance(60_000);
    expect([...bench.stored.values()]).toEqual([pdu]);
    expect(records).toEqual([]);
    expect(bench.log.filter(({ kind }) => kind === 'unreadable' || kind === 'deviation')).toEqual([]);
  });
});

describe('a user-data header whose last element is cut', () => {
  // Concatenation, part 1 of 2, and an element of 6 octets of which the header has one.
  const octets = '09000301020124060001';
  const broken = hello.replace(/^(00)04/, '$144').replace(/05C8329BFD06$/, `12${octets}C8329BFD06`);

  test('is ignored whole: the message is handed over, and waits for no other part', async () => {
    expect(broken).toContain(octets);
    await openToReceive();
    await announce(1, broken);
    expect(bench.messages).toHaveLength(1);
    expect(records).toEqual([]);
    expect(bench.stored.size).toBe(0);
    expect(bench.log.filter(({ kind }) => kind === 'deviation')).toHaveLength(1);
  });
});

describe('a status report in a record of 176 octets', () => {
  const report = reportPdu(from, 1, 0);
  const padded = (octets: number) => report + 'FF'.repeat(octets - report.length / 2);

  test.each([
    ['its own length', padded(176), lengthOf(report)],
    ['the length of the record', padded(176), lengthOf(padded(176))],
    ['the length of the whole record', padded(175), 176],
    ['no length', padded(176), ''],
    ['one octet of padding', padded(report.length / 2 + 1), lengthOf(report) + 1],
  ])('is read, matched and deleted, with %s in its header', async (_what, pdu, length) => {
    await openToReceive();
    const modem = bench.script;
    modem.when('AT+CMGR=5', () => (bench.stored.has(5) ? ok(`+CMGR: 1,,${length}\r\n${pdu}`) : ok()));
    bench.stored.set(5, pdu);
    modem.say(line('+CDSI: "SM",5'));
    await bench.clock.advance(1_000);
    expect(records).toEqual([]);
    expect(bench.log.filter(({ kind }) => kind === 'unreadable' || kind === 'deviation')).toEqual([]);
    expect(bench.log.filter(({ kind }) => kind === 'unmatched-report')).toHaveLength(1);
    expect(bench.stored.size).toBe(0);
  });

  test('settles the message that it belongs to', async () => {
    const modem = await bench.open();
    modem.receive(bench.receiver);
    const content = { kind: 'text', text: 'Ciao' } as const;
    await bench.run(modem.send({ id: 'a', destination: `+${from}`, content, statusReport: true }));
    bench.script.when('AT+CMGR=5', () =>
      bench.stored.has(5) ? ok(`+CMGR: 1,,${lengthOf(padded(176))}\r\n${padded(176)}`) : ok(),
    );
    bench.stored.set(5, padded(176));
    bench.script.say(line('+CDSI: "SM",5'));
    await bench.clock.advance(1_000);
    expect(bench.reports).toMatchObject([{ id: 'a', outcome: 'delivered' }]);
    expect(bench.stored.size).toBe(0);
  });
});
