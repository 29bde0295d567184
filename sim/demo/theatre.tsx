import { Box, render, Text, useApp, useInput, useWindowSize } from 'ink';
import { type ReactElement, useCallback, useEffect, useState } from 'react';
import {
  Fitted,
  PHONE_COLUMNS,
  Phone,
  typeOn,
  useRing,
  useScreen,
  writesLetters,
} from '../../device/terminal/index.ts';
import { CUSTOMER, MERCHANT } from './cast.ts';
import { nameOfNumber, userDataOctets } from './events.ts';
import { guidance } from './guide.ts';
import type { Stage } from './stage.ts';

/** Rows that are neither phones nor trace: title, captions, four at the foot, and one that ink wants free. */
const OTHER_ROWS = 7;
/** Lines of the trace that are kept: as many as the largest terminal shows. */
const TRACE_LINES = 200;
/** What the till asks for when `r` is pressed. */
const ORDER = { customer: CUSTOMER.number, amount: { minor: 1250, currency: 'EUR' }, reference: 'Newspapers' } as const;

/** What the {@link Theatre} shows. */
export interface TheatreProps {
  readonly stage: Stage;
  /** What the first row says: seed and network. */
  readonly title: string;
  /** Whether a request is heard (BEL) and marked on the phone. */
  readonly rings: boolean;
}

type Who = 'merchant' | 'customer';

/** Two phones and the SMS between them, on a terminal of 80 columns and 24 rows; a larger one shows more of the trace. */
export function Theatre({ stage, title, rings }: TheatreProps): ReactElement {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [active, setActive] = useState<Who>('customer');
  const [helping, setHelping] = useState(false);
  const merchant = useScreen(stage.merchant.phone.handset);
  const customer = useScreen(stage.customer.phone.handset);
  const merchantRings = useRing(stage.merchant.phone.handset, rings);
  const customerRings = useRing(stage.customer.phone.handset, rings);
  const [trace, note] = useTrace(stage);
  const { happens, next } = guidance(active, merchant, customer);
  const stageRows = rows - OTHER_ROWS;
  const middle = columns - 2 * PHONE_COLUMNS - 2;

  useInput((input, key) => {
    const { handset } = stage[active].phone;
    const command = key.ctrl || !writesLetters(handset.screen) ? input : '';
    if (command === 'q') exit();
    else if (command === '?') setHelping(!helping);
    else if (key.tab) setActive(active === 'customer' ? 'merchant' : 'customer');
    else if (command === 'r') askAtTheTill(stage, note);
    else if (command === 'x') loseNext(stage, note);
    else typeOn(handset, input, key);
  });

  return (
    <Box flexDirection="column">
      <Text bold wrap="truncate">
        {title}
      </Text>
      <Box>
        <Caption text={MERCHANT.payee} active={active === 'merchant'} />
        <Box width={middle + 2} justifyContent="center">
          <Text dimColor>{helping ? 'Help' : 'SMS in the air'}</Text>
        </Box>
        <Caption text={`${CUSTOMER.name}, customer`} active={active === 'customer'} />
      </Box>
      <Box height={stageRows}>
        <Phone screen={merchant} keypad={false} ringing={merchantRings} active={active === 'merchant'} />
        <Box flexDirection="column" width={middle} marginX={1}>
          {helping ? <Help /> : trace.slice(-stageRows).map(({ id, text }) => <Line key={id} text={text} />)}
        </Box>
        <Phone screen={customer} keypad={false} ringing={customerRings} active={active === 'customer'} />
      </Box>
      <Line text={happens} />
      <Text bold color="green" wrap="truncate">
        {next}
      </Text>
      <Line text={`Page: ${stage.page}`} />
      <Text dimColor wrap="truncate">
        {LEGEND}
      </Text>
    </Box>
  );
}

/** The keys, in 80 columns. */
export const LEGEND = '[ ] soft keys · arrows Enter 0-9 · Tab phone · r ask · x lose · ? help · q quit';

/** What each key does, in 26 columns. */
export const HELP: readonly string[] = [
  'r    the till asks Anna',
  '     for EUR 12.50',
  'x    the next SMS is lost',
  'Tab  the other phone',
  '[ ]  its soft keys',
  '     arrows, Enter, 0-9*#',
  'Bksp delete  Alt-key: hold',
  'p    red key: lay it down',
  '?    back to the SMS',
  'q    quit',
  '',
  'The page below is the',
  "merchant's: open it in a",
  'browser to ask for money.',
];

function Help(): ReactElement {
  return (
    <>
      {HELP.map((text) => (
        <Line key={text} text={text} />
      ))}
    </>
  );
}

function Line({ text }: { readonly text: string }): ReactElement {
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
}

function Caption({ text, active }: { readonly text: string; readonly active: boolean }): ReactElement {
  return (
    <Box width={PHONE_COLUMNS} justifyContent="center">
      <Text bold={active} dimColor={!active} wrap="truncate">
        {active ? `▶ ${text}` : text}
      </Text>
    </Box>
  );
}

interface TraceLine {
  readonly id: number;
  readonly text: string;
}

/** The last lines of the trace, and how to add one. */
function useTrace(stage: Stage): readonly [lines: readonly TraceLine[], note: (text: string) => void] {
  const [lines, setLines] = useState<readonly TraceLine[]>([]);
  const note = useCallback((text: string) => {
    setLines((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, text }].slice(-TRACE_LINES));
  }, []);
  useEffect(
    () =>
      stage.world.log.listen((entry) => {
        if (entry.kind === 'submit') {
          note(`${nameOfNumber(entry.from)} → ${nameOfNumber(entry.to)}`);
          note(`  SMS ${entry.sms}, ${userDataOctets(entry.tpdu)} octets`);
        } else if (entry.kind === 'deliver') note(`  SMS ${entry.sms} delivered`);
        else if (entry.kind === 'lose') note(`  SMS ${entry.sms} lost`);
      }),
    [stage, note],
  );
  useEffect(
    () =>
      stage.service.subscribe(({ event }) => {
        if (event.kind === 'payment' && event.event !== 'create') note(`service: ${event.to}`);
        else if (event.kind === 'wrong-pin') note(`service: wrong PIN, ${event.triesLeft} left`);
      }),
    [stage, note],
  );
  return [lines, note];
}

function askAtTheTill(stage: Stage, note: (text: string) => void): void {
  const mref = `till-${stage.clock.now()}`;
  stage.till.requestPayment({ mref, ...ORDER }).then(
    ({ state }) => {
      if (state === 'REJECTED') note('till: not now, REJECTED');
    },
    (error: unknown) => note(`till: ${error instanceof Error ? error.message : error}`),
  );
}

function loseNext({ world }: Stage, note: (text: string) => void): void {
  world.faults.add({ action: { kind: 'drop' } });
  note('the next SMS will be lost');
}

/** Shows the theatre until the user quits. */
export async function showTheatre(props: TheatreProps): Promise<void> {
  // Ink draws nothing when the variable CI is set. Whether there is a terminal was checked before this call.
  const instance = render(
    <Fitted>
      <Theatre {...props} />
    </Fitted>,
    { alternateScreen: true, incrementalRendering: true, interactive: true },
  );
  await instance.waitUntilExit();
}
