import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressOf,
  type DataCodingScheme,
  type InformationElement,
  segment,
  type Tpdu,
  type UserData,
} from '../../../modem/pdu/index.ts';
import { inFull } from '../../in-full.ts';
import { GSM_CHARACTERS, tpdu } from './arbitrary.ts';
import { dissectionOf } from './dissection.ts';
import { type Dissection, dissect, hasTshark } from './tshark.ts';

const missing = !hasTshark && process.env['CASH_MOBILE_SKIP_NOTHING'] !== '1';
const withTshark = test.skipIf(missing);
const SEED = 2010;
const SLOW = 60_000;
const MESSAGES = inFull(8000, 2000);

function codingOf(message: Tpdu): DataCodingScheme | undefined {
  if ('dcs' in message) return message.dcs;
  return 'parameters' in message ? message.parameters?.dcs : undefined;
}

/** The first elements that the dissector knows nothing of and shows as they are. */
const UNKNOWN_ELEMENTS = 0x70;

/** On these ports it goes on to dissect what is in the message. */
const WAP_PORTS = [2805, 2923, 2948, 2949, 9200, 9201, 9202, 9203, 9207];

function userDataOf(message: Tpdu): UserData | undefined {
  if ('userData' in message) return message.userData;
  return 'parameters' in message ? message.parameters?.userData : undefined;
}

/** Where tshark 4.0 does otherwise than 3GPP TS 23.040 says, or says nothing that could be compared. */
function isReadOtherwise(message: Tpdu): boolean {
  // It takes an enhanced period that is written as a relative one for longer than the seven octets of 9.2.3.12.3.
  const validity = message.type === 'SUBMIT' ? message.validity : undefined;
  if (validity?.format === 'enhanced' && validity.period.kind === 'relative') return true;
  const data = userDataOf(message);
  if (data === undefined) return false;
  // Text whose TP-DCS is absent (9.2.3.27) or reserved (3GPP TS 23.038, 4) is in the default alphabet; it shows octets.
  const dcs = codingOf(message);
  if (dcs === undefined || (dcs.group === 'reserved' && (dcs.octet === 0x0c || (dcs.octet & 0xc0) === 0x80)))
    return true;
  // It prints text as far as the first NUL.
  return (data.kind === 'text' && data.text.includes('\0')) || data.header.some(isDissectedFurther);
}

/** Elements with a format of their own (text formatting, pictures) come with random octets here, WAP with random data. */
function isDissectedFurther(element: InformationElement): boolean {
  if (element.kind === 'other') return element.id < UNKNOWN_ELEMENTS;
  return element.kind === 'ports' && [element.destination, element.source].some((port) => WAP_PORTS.includes(port));
}

/** What is said, without values that are empty: the dissector prints them or not. */
function comparable(said: Dissection): Dissection {
  return Object.fromEntries(
    Object.entries(said).flatMap(([field, all]) => {
      const values = all.filter((value) => value !== '' && value !== '<MISSING>');
      return values.length === 0 ? [] : [[field, values]];
    }),
  );
}

async function compare(messages: readonly Tpdu[]): Promise<void> {
  const said = await dissect(messages);
  expect(said).toHaveLength(messages.length);
  messages.forEach((message, index) => {
    expect(comparable(said[index] ?? {}), JSON.stringify(message)).toEqual(comparable(dissectionOf(message)));
  });
}

withTshark(`tshark reads ${MESSAGES} TPDUs of all types as they were meant`, { timeout: SLOW }, async () => {
  const drawn = fc.sample(tpdu, { seed: SEED, numRuns: MESSAGES * 1.4 });
  const messages = drawn.filter((message) => !isReadOtherwise(message));
  expect(messages.length).toBeGreaterThan(MESSAGES);
  await compare(messages);
});

withTshark('tshark reads the parts of long texts and data as they were cut', { timeout: SLOW }, async () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...GSM_CHARACTERS), maxLength: 500, size: 'max' }),
    fc.string({ unit: fc.constantFrom(...'abc жя漢字👍€'), maxLength: 300, size: 'max' }),
  );
  const content = fc.oneof(
    text.map((value) => ({ kind: 'text' as const, text: value })),
    fc.uint8Array({ maxLength: 500, size: 'max' }).map((data) => ({ kind: 'data' as const, data })),
  );
  const port = fc.integer({ min: 16_000, max: 65_535 });
  const ports = fc.option(fc.record({ destination: port, source: port }), { nil: undefined });
  const reference = fc.integer({ min: 0, max: 65_535 });
  const drawn = fc.sample(fc.tuple(content, ports, reference), { seed: SEED, numRuns: inFull(1000, 300) });
  const flags = { rejectDuplicates: false, statusReportRequested: false, replyPath: false };
  const messages = drawn.flatMap(([what, to, number]) =>
    segment({ ...what, ...(to && { ports: to }) }, { reference: number, referenceWidth: number > 255 ? 16 : 8 }).map(
      (part): Tpdu => ({
        type: 'SUBMIT',
        ...flags,
        messageReference: number % 256,
        destination: addressOf('+393331234567'),
        pid: 0,
        ...part,
      }),
    ),
  );
  expect(messages.length).toBeGreaterThan(inFull(2000, 600));
  await compare(messages);
});
