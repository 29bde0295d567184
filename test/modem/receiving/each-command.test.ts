import { describe, expect, test } from 'vitest';
import { type Bench, createBench, deliverPdus, reportPdu } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

const MINUTE = 60_000;
const TAKEN = [1, 3, 4].flatMap((index) => [`AT+CMGR=${index}`, `AT+CMGD=${index}`]);
const PLACES = Array.from({ length: 21 }, (_, index) => `AT+CMGR=${index}`);

interface Case {
  readonly modem: string;
  prepare(bench: Bench): void;
  /** All that is typed when two messages and a report are stored, until nothing is left to do. */
  readonly typed: readonly string[];
}

/** Two messages and a report of nobody's message are in the places 1, 3 and 4. */
const MODEMS: readonly Case[] = [
  { modem: 'that lists', prepare() {}, typed: ['AT+CPMS="SM"', 'AT+CMGL=4', ...TAKEN] },
  {
    modem: 'that refuses +CMGL and says which places are in use',
    prepare: ({ script, stored }) =>
      script
        .when(/^AT\+CMGL/, line('ERROR'))
        .when('AT+CMGD=?', () => ok(`+CMGD: (${[...stored.keys()].join()}),(0-4)`)),
    typed: [
      ...['AT+CPMS="SM"', 'AT+CMGL=4', 'AT+CMGF=0', 'AT+CMGL=4', 'AT+CMGD=?'],
      ...['AT+CMGR=1', 'AT+CMGR=3', 'AT+CMGR=4', ...TAKEN],
    ],
  },
  {
    modem: 'that refuses +CMGL and +CMGD=?',
    prepare: ({ script }) => script.when(/^AT\+CMGL/, line('ERROR')),
    typed: [...['AT+CPMS="SM"', 'AT+CMGL=4', 'AT+CMGF=0', 'AT+CMGL=4', 'AT+CMGD=?'], ...PLACES, ...TAKEN],
  },
  {
    modem: 'with messages in two memories',
    prepare: ({ script }) =>
      script
        .when('AT+CPMS=?', ok('+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")'))
        .when(/^AT\+CPMS="ME"/, ok('+CPMS: 0,10,0,10,0,10')),
    typed: ['AT+CPMS="ME"', 'AT+CMGL=4', ...TAKEN, 'AT+CPMS="SM"', 'AT+CMGL=4'],
  },
];

describe.each(MODEMS)('a modem $modem', ({ prepare, typed }) => {
  /** Opens it and receives for three minutes, `first` being said to the first `command`. */
  const receive = async (command?: string, first?: string) => {
    const bench = createBench();
    const [one = '', two = ''] = ['one', 'two'].map((text) => deliverPdus('441', { kind: 'text', text })[0] ?? '');
    bench.stored
      .set(1, one)
      .set(3, two)
      .set(4, reportPdu('443', 5, 0));
    prepare(bench);
    const modem = await bench.open();
    const opening = bench.script.typed.length;
    const answerTo = bench.script.answerTo.bind(bench.script);
    let isFirst = true;
    bench.script.answerTo = (text) => {
      if (text !== command || !isFirst) return answerTo(text);
      isFirst = false;
      return first;
    };
    modem.receive(bench.receiver);
    await bench.clock.advance(3 * MINUTE);
    const watch = /^AT\+(CREG|CNMI|CPIN)\?$|^AT$|^ESC$/;
    return {
      // The port is kept open, and the network watched, besides.
      typed: bench.script.typed.slice(opening).filter((text) => !watch.test(text)),
      ends: {
        messages: bench.messages.map(({ content }) => (content.kind === 'text' ? content.text : content)),
        left: [...bench.stored.keys()],
        state: modem.state.kind,
      },
    };
  };
  const ENDS = { messages: ['one', 'two'], left: [], state: 'ready' };
  const each = [...new Set(typed)].filter((command) => !/CMGR=(?:[25-9]|1\d)$/.test(command));

  test('is read with these commands', async () => {
    const found = await receive();
    expect(found.typed.slice(0, typed.length)).toEqual(typed);
    expect(found.ends).toEqual(ENDS);
  });

  test('that does not answer one of them at first hears it again, and nothing is lost or handed over twice', async () => {
    for (const command of each) {
      const found = await receive(command, undefined);
      expect(found.ends, command).toEqual(ENDS);
      // A modem that hangs at +CMGL is not asked to list any more.
      if (command === 'AT+CMGL=4') {
        expect(found.typed.filter((text) => text.startsWith('AT+CMGL'))).toHaveLength(1);
        continue;
      }
      const at = typed.indexOf(command);
      // A deletion is not repeated: the next sweep looks at the place first.
      const again = /CMGD=\d/.test(command) ? [] : [command];
      expect(found.typed.slice(0, typed.length + again.length)).toEqual(typed.toSpliced(at, 0, ...again));
    }
  });

  test('that refuses one of them at first is read all the same', async () => {
    for (const command of each) {
      const { ends } = await receive(command, line('ERROR'));
      expect({ ...ends, messages: ends.messages.toSorted() }, command).toEqual(ENDS);
    }
  });
});
