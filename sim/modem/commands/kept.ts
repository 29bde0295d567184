import { type Command, cme } from '../command.ts';

/** A setting that a host may set and read, and that has no effect, because this network has no calls. */
interface Kept {
  readonly name: string;
  /** The allowed numbers of each value. */
  readonly allowed: readonly (readonly number[])[];
  /** The values at the start. */
  readonly first: readonly number[];
  /** Text behind the values in the answer to the read form: the state in the network. */
  readonly added?: string;
  /** The answer to the test form, where it differs from the lists in `allowed`. */
  readonly test?: string;
}

const ON_OFF = [0, 1];
const RATES = [
  0, 300, 600, 1_200, 2_400, 4_800, 9_600, 14_400, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
];

/** ITU-T V.250, 6.2.10 to 6.2.12; 3GPP TS 27.007, in the order of its clauses. */
const kept: readonly Kept[] = [
  { name: '+IPR', allowed: [RATES], first: [0], test: `(),(${RATES.join(',')})` },
  { name: '+ICF', allowed: [[3], [0, 1, 2, 3]], first: [3, 3] },
  {
    name: '+IFC',
    allowed: [
      [0, 1, 2],
      [0, 1, 2],
    ],
    first: [0, 0],
  },
  { name: '+FCLASS', allowed: [[0]], first: [0], test: '0' },
  { name: '+CSTA', allowed: [[129, 145]], first: [129] },
  { name: '+CMOD', allowed: [[0]], first: [0] },
  { name: '+CR', allowed: [ON_OFF], first: [0] },
  { name: '+CRC', allowed: [ON_OFF], first: [0] },
  { name: '+CVHU', allowed: [ON_OFF], first: [1] },
  { name: '+CLIP', allowed: [ON_OFF], first: [0], added: ',1' },
  { name: '+CLIR', allowed: [[0, 1, 2]], first: [0], added: ',0' },
  { name: '+COLP', allowed: [ON_OFF], first: [0], added: ',0' },
  { name: '+CSSN', allowed: [ON_OFF, ON_OFF], first: [0, 0] },
  { name: '+CMER', allowed: [[0, 1, 2, 3], [0], [0], [0, 1, 2], ON_OFF], first: [0, 0, 0, 0, 0] },
  { name: '+CTZU', allowed: [ON_OFF], first: [0] },
  { name: '+CTZR', allowed: [ON_OFF], first: [0] },
  { name: '+CPLS', allowed: [[0]], first: [0] },
  { name: '+WS46', allowed: [[12]], first: [12] },
  { name: '+CGEREP', allowed: [[0, 1, 2], ON_OFF], first: [0, 0] },
];

/** Commands whose values are kept until `AT&F`. */
export const keptCommands: readonly Command[] = kept.map(({ name, allowed, first, added = '', test }) =>
  cme(name, {
    test: test ?? allowed.map((values) => `(${values.join(',')})`).join(','),
    read: ({ modem, respond }) => respond(`${name}: ${(modem.settings.kept[name] ?? first).join(',')}${added}`),
    set: ({ modem, args }) => {
      args.atMost(allowed.length);
      const before = modem.settings.kept[name] ?? first;
      const values = allowed.map((choice, i) => args.oneOf(i, choice, before[i]));
      modem.settings.kept = { ...modem.settings.kept, [name]: values };
    },
  }),
);
