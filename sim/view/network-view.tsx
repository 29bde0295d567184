import { Box, type Key, render, Text, useApp, useInput, useWindowSize } from 'ink';
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { Fitted } from '../../device/terminal/index.ts';
import { systemClock } from '../../modem/index.ts';
import type { Simulation } from '../simulation.ts';
import { type Desk, FIRST_DESK, KEYS, pressKey, SENDER } from './desk.ts';
import { HELP, LEGEND, OFFERED_FAULTS } from './keys.ts';
import { type PhoneRow, type Section, type Snapshot, snapshotOf } from './snapshot.ts';

/** What a {@link NetworkView} shows. */
export interface NetworkViewProps {
  readonly simulation: Simulation;
  /** The control URL. */
  readonly control: string;
}

/** How often the screen is drawn anew at most, and at least, ms of the machine's time. */
const DRAW_EVERY_MS = 100;
const DRAW_AT_LEAST_MS = 500;
/** Rows of phones, of the queue and of faults at most. */
const PHONES = 5;
const QUEUE = 3;
const FAULTS = 3;
/** Rows that are neither of those nor the log: title, four headings, one word, two of keys, and one that ink wants free. */
const OTHER_ROWS = 9;
/** The phones, the service centre, the faults and the log of a simulation, on a terminal of 80 by 24 or more. */
export function NetworkView({ simulation, control }: NetworkViewProps): ReactElement {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [desk, setDesk] = useState(FIRST_DESK);
  // Keys may come faster than the screen is drawn.
  const latest = useRef(desk);
  const { chosen, mode, typed } = desk;
  const count = simulation.world.modems.length;
  const firstPhone = Math.max(0, Math.min(chosen - PHONES + 1, count - PHONES));
  const shown = useSnapshot(simulation, { firstPhone, phones: PHONES, events: rows, columns });
  const number = simulation.world.modems[chosen]?.number ?? '';

  useInput((input, key) => {
    latest.current = keysOf(input, key).reduce(
      (before, pressed) => pressKey(simulation, before, pressed),
      latest.current,
    );
    setDesk(latest.current);
    if (latest.current.left) exit();
  });

  const logRows =
    rows -
    OTHER_ROWS -
    Math.min(count, PHONES) -
    Math.max(1, Math.min(shown.queue.length, QUEUE)) -
    Math.max(1, Math.min(shown.faults.length, FAULTS));
  return (
    <Box flexDirection="column" width={columns} height={rows - 1}>
      <Text bold wrap="truncate">
        gsm-sim · {shown.time} {shown.pace} · network {shown.profile} · {control}
      </Text>
      {mode === 'help' ? (
        <Help />
      ) : (
        <>
          <Heading text={`PHONES${count > PHONES ? ` ${firstPhone + 1} to ${firstPhone + PHONES} of ${count}` : ''}`} />
          {shown.phones.map((phone, i) => (
            <PhoneLine key={`${phone.line} ${phone.number}`} phone={phone} chosen={firstPhone + i === chosen} />
          ))}
          <Lines
            heading={`SERVICE CENTRE ${shown.queue.length}`}
            none="no message waits"
            most={QUEUE}
            lines={shown.queue}
          />
          <Lines
            heading="FAULTS"
            none="none is arranged"
            most={FAULTS}
            lines={shown.faults.map(({ on, text }, i) => `${i + 1} ${on ? 'on ' : 'off'} ${text}`)}
          />
          <Heading text="LOG (UTC)" />
          <Box flexDirection="column" height={Math.max(1, logRows)}>
            {shown.log.slice(-Math.max(1, logRows)).map(({ seq, text }) => (
              <Text key={seq} wrap="truncate">
                {text}
              </Text>
            ))}
          </Box>
        </>
      )}
      <Word mode={mode} number={number} typed={typed} />
      {(mode === 'fault' ? faultLegend : LEGEND).map((line) => (
        <Text key={line} dimColor wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}

/** What each key does, in the place of everything between title and legend. */
function Help(): ReactElement {
  return (
    <Box flexDirection="column" flexGrow={1}>
      <Heading text="HELP" />
      {HELP.map((line) => (
        <Text key={line} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}

const half = Math.ceil(OFFERED_FAULTS.length / 2);
const legendOf = (faults: typeof OFFERED_FAULTS) => faults.map(({ key, text }) => `${key} ${text}`).join(' · ');
const faultLegend = [legendOf(OFFERED_FAULTS.slice(0, half)), legendOf(OFFERED_FAULTS.slice(half))];

/** The pressed keys, one by one: ink reports several characters at once when they come quickly. */
function keysOf(input: string, key: Key): readonly string[] {
  if (key.return) return [KEYS.enter];
  if (key.backspace || key.delete) return [KEYS.erase];
  if (key.escape) return [KEYS.escape];
  if (key.upArrow) return [KEYS.up];
  if (key.downArrow) return [KEYS.down];
  return key.ctrl || key.meta ? [] : [...input];
}

function PhoneLine({ phone, chosen }: { readonly phone: PhoneRow; readonly chosen: boolean }): ReactElement {
  const { number, state, reachable, line, open, stored, waiting } = phone;
  return (
    <Box>
      <Box flexShrink={0}>
        <Text bold={chosen}>
          {chosen ? '▶' : ' '} {number.padEnd(16)}
          <Text color={reachable ? 'green' : 'yellow'}>{state.padEnd(12)}</Text>
          {String(stored).padStart(3)} stored {String(waiting).padStart(3)} wait {open ? 'open  ' : 'closed'}{' '}
        </Text>
      </Box>
      <Text wrap="truncate-start" bold={chosen}>
        {line}
      </Text>
    </Box>
  );
}

interface LinesProps {
  readonly heading: string;
  /** What stands there when there is nothing. */
  readonly none: string;
  readonly most: number;
  readonly lines: readonly string[];
}

function Lines({ heading, none, most, lines }: LinesProps): ReactElement {
  return (
    <>
      <Heading text={heading} />
      {lines.length === 0 && <Text dimColor> {none}</Text>}
      {lines.slice(0, most).map((line) => (
        <Text key={line} wrap="truncate">
          {line}
        </Text>
      ))}
    </>
  );
}

function Heading({ text }: { readonly text: string }): ReactElement {
  return (
    <Text color="cyan" wrap="truncate">
      {text}
    </Text>
  );
}

function Word({
  mode,
  number,
  typed,
}: {
  readonly mode: Desk['mode'];
  readonly number: string;
  readonly typed: string;
}): ReactNode {
  if (mode === 'keys' || mode === 'help') return <Text> </Text>;
  const says =
    mode === 'fault'
      ? `A fault for ${number} (Esc: none)`
      : `From ${SENDER} to ${number} (Enter sends, Esc does not): ${typed}█`;
  return (
    <Text bold color="green" wrap="truncate-start">
      {says}
    </Text>
  );
}

/** What the simulation looks like now, drawn anew when something happens and from time to time. */
function useSnapshot(simulation: Simulation, section: Section): Snapshot {
  const [, draw] = useState(0);
  useEffect(() => {
    let due = systemClock.after(DRAW_AT_LEAST_MS, () => {});
    let changed = false;
    const wait = (ms: number) => {
      due();
      due = systemClock.after(ms, () => {
        changed = false;
        draw((drawn) => drawn + 1);
        wait(DRAW_AT_LEAST_MS);
      });
    };
    wait(DRAW_AT_LEAST_MS);
    const unlisten = simulation.world.log.listen(() => {
      if (!changed) wait(DRAW_EVERY_MS);
      changed = true;
    });
    return () => {
      unlisten();
      due();
    };
  }, [simulation]);
  return snapshotOf(simulation, section);
}

/** Shows the view until the user quits. @param interrupted ends it too. */
export async function showNetwork({
  interrupted,
  ...props
}: NetworkViewProps & { readonly interrupted: Promise<void> }): Promise<void> {
  // Ink draws nothing when the variable CI is set. Whether there is a terminal was checked before this call.
  const instance = render(
    <Fitted>
      <NetworkView {...props} />
    </Fitted>,
    { alternateScreen: true, incrementalRendering: true, interactive: true },
  );
  void interrupted.then(() => instance.unmount());
  await instance.waitUntilExit();
}
