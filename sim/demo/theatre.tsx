import { Box, render, Text, useApp, useInput, useWindowSize } from 'ink';
import { type ReactElement, useCallback, useEffect, useState } from 'react';
import {
  Fitted,
  PHONE_COLUMNS,
  PHONE_ROWS,
  Phone,
  typeOn,
  useRing,
  useScreen,
  writesLetters,
} from '../../device/terminal/index.ts';
import { isSettled } from '../../server/index.ts';
import type { LogEntry } from '../log.ts';
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

/**
 * Two phones and the SMS between them, on a terminal of 80 columns and 24 rows. A higher one shows more of the trace, then the
 * keypads, then the help below the trace.
 */
export function Theatre({ stage, title, rings }: TheatreProps): ReactElement {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [active, setActive] = useState<Who>('customer');
  /** What the user has chosen with `?`; without a choice, the help is shown when there is room for it. */
  const [wantsHelp, setWantsHelp] = useState<boolean>();
  const merchant = useScreen(stage.merchant.phone.handset);
  const customer = useScreen(stage.customer.phone.handset);
  const merchantRings = useRing(stage.merchant.phone.handset, rings);
  const customerRings = useRing(stage.customer.phone.handset, rings);
  const [trace, note] = useTrace(stage);
  const isAsked = useIsAsked(stage);
  const { happens, next } = guidance({ active, merchant, customer, isAsked });
  const stageRows = rows - OTHER_ROWS;
  const keypad = stageRows >= PHONE_ROWS;
  const isHigh = stageRows >= HIGH_STAGE_ROWS;
  const helping = wantsHelp ?? isHigh;
  const traceRows = !helping ? stageRows : isHigh ? stageRows - HELP.length - 1 : 0;
  const middle = columns - 2 * PHONE_COLUMNS - 2;

  useInput((input, key) => {
    const { handset } = stage[active].phone;
    const command = key.ctrl || !writesLetters(handset.screen) ? input : '';
    if (command === 'q') exit();
    else if (command === '?') setWantsHelp(helping === isHigh ? !helping : undefined);
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
          <Text dimColor>{traceRows === 0 ? 'Help' : 'SMS in the air'}</Text>
        </Box>
        <Caption text={`${CUSTOMER.name}, customer`} active={active === 'customer'} />
      </Box>
      <Box height={stageRows}>
        <Phone screen={merchant} keypad={keypad} ringing={merchantRings} active={active === 'merchant'} />
        <Box flexDirection="column" width={middle} marginX={1}>
          <Box flexDirection="column" height={traceRows}>
            {traceRows > 0 && trace.slice(-traceRows).map(({ id, text }) => <Line key={id} text={text} />)}
          </Box>
          {helping && isHigh && <Text dimColor>Help</Text>}
          {helping && <Help />}
        </Box>
        <Phone screen={customer} keypad={keypad} ringing={customerRings} active={active === 'customer'} />
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
  '?    this help, on and off',
  'q    quit',
  '',
  'The page below is the',
  "merchant's: open it in a",
  'browser to ask for money.',
];

/** From how many rows for phones and trace on the help has its place below 16 lines of the trace. */
const HIGH_STAGE_ROWS = 16 + 1 + HELP.length;

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

/** Whether a payment is asked for and not settled. */
function useIsAsked({ service }: Stage): boolean {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  useEffect(
    () =>
      service.subscribe(({ event }) => {
        if (event.kind !== 'payment') return;
        const { txn, to } = event;
        setOpen((before) =>
          isSettled(to) ? new Set([...before].filter((one) => one !== txn)) : new Set(before).add(txn),
        );
      }),
    [service],
  );
  return open.size > 0;
}

/** The last lines of the trace, from the enrolments on, and how to add one. */
function useTrace(stage: Stage): readonly [lines: readonly TraceLine[], note: (text: string) => void] {
  const [lines, setLines] = useState<readonly TraceLine[]>([]);
  const note = useCallback((text: string) => {
    setLines((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, text }].slice(-TRACE_LINES));
  }, []);
  useEffect(() => {
    const take = (entry: LogEntry) => {
      for (const line of traceLines(entry)) note(line);
    };
    for (const entry of stage.world.log.entries()) take(entry);
    return stage.world.log.listen(take);
  }, [stage, note]);
  useEffect(
    () =>
      stage.service.subscribe(({ event }) => {
        if (event.kind === 'payment' && event.event !== 'create') note(`service: ${event.to}`);
        else if (event.kind === 'wrong-pin') note(`service: wrong PIN, ${event.triesLeft} left`);
      }),
    [stage, note],
  );
  useEffect(() => stage.purseHost?.listen(({ brief }) => note(`${stage.purseHost?.title}: ${brief}`)), [stage, note]);
  return [lines, note];
}

function traceLines(entry: LogEntry): readonly string[] {
  switch (entry.kind) {
    case 'submit': {
      const { from, to, sms, tpdu } = entry;
      return [`${nameOfNumber(from)} → ${nameOfNumber(to)}`, `  SMS ${sms}, ${userDataOctets(tpdu)} octets`];
    }
    case 'deliver':
      return [`  SMS ${entry.sms} delivered`];
    case 'lose':
      return [`  SMS ${entry.sms} lost`];
    default:
      return [];
  }
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
