import type { ModemIdentity } from './opening/identify.ts';

/** What some models do differently. Each value is used in one place, where the decision is taken. */
export interface Quirks {
  /** Pause between two characters typed, in ms. */
  readonly characterPauseMs: number;
  /** Commands of the manufacturer that are typed before the set-up; a refusal does no harm. */
  readonly setUp: readonly string[];
  /** Pause after the PIN, in ms. */
  readonly pauseAfterPinMs: number;
  /** Whether the modem accepts `+CNMA` under `+CSMS=1`. */
  readonly acknowledges: boolean;
  /** How stored messages are listed: with `+CMGL`, or with `+CMGR` of each index. */
  readonly list: 'cmgl' | 'one-by-one';
  /** How USSD strings are typed first: as characters, or as packed septets in hexadecimal. */
  readonly ussd: 'characters' | 'packed';
}

/** The values of a model that is not in the table. */
const ORDINARY: Quirks = {
  characterPauseMs: 0,
  setUp: [],
  pauseAfterPinMs: 0,
  acknowledges: true,
  list: 'cmgl',
  ussd: 'characters',
};

interface Row {
  /** Matched against `manufacturer model`, as the modem gives them. */
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

/** The quirks of a modem, by its identity. */
export function quirksOf({ manufacturer = '', model = '' }: ModemIdentity): Quirks {
  const name = `${manufacturer} ${model}`;
  let quirks = ORDINARY;
  for (const row of quirkRows) {
    if (row.model.test(name)) quirks = { ...quirks, ...row.quirks };
  }
  return quirks;
}
