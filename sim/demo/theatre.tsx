import { Box, render, Text, useApp, useInput } from 'ink';
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

/** Rows between the caption and the foot: a phone without its keypad. */
const STAGE_ROWS = 16;
const TRACE_COLUMNS = 26;

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

/** Two phones and the SMS between them, on a terminal of 80 columns and 24 rows. */
export function Theatre({ stage, title }: TheatreProps): ReactElement {
  const { exit } = useApp();
  const [active, setActive] = useState<Who>('customer');
  const merchant = useScreen(stage.merchant.phone.handset);
  const customer = useScreen(stage.customer.phone.handset);
  const merchantRings = useRing(stage.merchant.phone.handset, true);
  const customerRings = useRing(stage.customer.phone.handset, true);
  const [trace, note] = useTrace(stage);
  const { happens, next } = guidance(active, merchant, customer);

  useInput((input, key) => {
    const { handset } = stage[active].phone;
    const command = key.ctrl || !writesLetters(handset.screen) ? input : '';
    if (command === 'q') exit();
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
        <Caption text={`${MERCHANT.payee}`} active={active === 'merchant'} />
        <Box width={TRACE_COLUMNS + 2} justifyContent="center">
          <Text dimColor>SMS in the air</Text>
        </Box>
        <Caption text={`${CUSTOMER.name}, customer`} active={active === 'customer'} />
      </Box>
      <Box height={STAGE_ROWS}>
        <Phone screen={merchant} keypad={false} ringing={merchantRings} active={active === 'merchant'} />
        <Box flexDirection="column" width={TRACE_COLUMNS} marginX={1}>
          {trace.map(({ id, text }) => (
            <Text key={id} wrap="truncate">
              {text}
            </Text>
          ))}
        </Box>
        <Phone screen={customer} keypad={false} ringing={customerRings} active={active === 'customer'} />
      </Box>
      <Text wrap="truncate">{happens}</Text>
      <Text bold color="green" wrap="truncate">
        {next}
      </Text>
      <Text wrap="truncate">Merchant's page: {stage.page}</Text>
      <Text dimColor wrap="truncate">
        [ ] soft keys · arrows Enter 0-9*# · Tab phone · r request · x lose SMS · q quit
      </Text>
    </Box>
  );
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
    setLines((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, text }].slice(-STAGE_ROWS));
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
  // Ink takes the variable CI for "nobody looks"; whoever comes here has looked at the terminal itself.
  const instance = render(
    <Fitted>
      <Theatre {...props} />
    </Fitted>,
    { alternateScreen: true, incrementalRendering: true, interactive: true },
  );
  await instance.waitUntilExit();
}
