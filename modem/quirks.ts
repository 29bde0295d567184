import type { ModemIdentity } from './opening/identify.ts';

/** What some models do differently. Each is looked up at one place, where the decision is taken. */
export interface Quirks {
  /** Pause between two characters typed, in ms. */
  readonly characterPauseMs: number;
  /** Commands of its own that it needs before it can be set up; refusals are survived. */
  readonly setUp: readonly string[];
  /** Pause after the PIN, in ms. */
  readonly pauseAfterPinMs: number;
  /** Whether `+CNMA` works, when `+CSMS=1` says that the modem wants it. */
  readonly acknowledges: boolean;
  /** How to see what is stored: `+CMGL`, or `+CMGR` of one index after another. */
  readonly list: 'cmgl' | 'one-by-one';
  /** How USSD strings are typed first: as characters, or as packed septets in hexadecimal. */
  readonly ussd: 'characters' | 'packed';
}

/** What a modem does that nothing is known of. */
const ORDINARY: Quirks = {
  characterPauseMs: 0,
  setUp: [],
  pauseAfterPinMs: 0,
  acknowledges: true,
  list: 'cmgl',
  ussd: 'characters',
};

interface Row {
  /** In `manufacturer model`, as the modem says them. */
  readonly model: RegExp;
  readonly because: string;
  readonly quirks: Partial<Quirks>;
}

/** One row a model or family. When several match, the later ones win. */
const quirkRows: readonly Row[] = [
  {
    model: /huawei/i,
    because:
      'unsolicited codes come on another port unless told to come on this one; the firmware may reboot when it is asked anything in the 3 s after the PIN; USSD strings are packed septets in hexadecimal',
    quirks: { setUp: ['AT^PORTSEL=1'], pauseAfterPinMs: 3_000, ussd: 'packed' },
  },
  {
    model: /novatel/i,
    because: 'needs 3 s after the PIN, and refuses the +CNMA that it asks for',
    quirks: { pauseAfterPinMs: 3_000, acknowledges: false },
  },
  {
    model: /siemens.*\bm20\b/i,
    because: 'loses characters that come faster than one a millisecond',
    quirks: { characterPauseMs: 1 },
  },
  {
    model: /sony ?ericsson.*p900/i,
    because: '+CMGL gives indexes that +CMGR and +CMGD do not know',
    quirks: { list: 'one-by-one' },
  },
];

/** The quirks of a modem, by what it says it is. */
export function quirksOf({ manufacturer = '', model = '' }: ModemIdentity): Quirks {
  const name = `${manufacturer} ${model}`;
  let quirks = ORDINARY;
  for (const row of quirkRows) {
    if (row.model.test(name)) quirks = { ...quirks, ...row.quirks };
  }
  return quirks;
}
