import { Box, Text, useApp, useInput } from 'ink';
import { type ReactElement, useEffect, useState } from 'react';
import type { Handset } from '../firmware/index.ts';
import { PHONE_ROWS } from './drawing.ts';
import { KEYBOARD_LEGEND, typeOn, writesLetters } from './keyboard.ts';
import { Phone, useScreen } from './phone.tsx';
import { useRing } from './ring.ts';
import { traceText } from './trace-text.ts';

/** What a {@link HandsetTerminal} is about. */
export interface HandsetTerminalProps {
  readonly handset: Handset;
  /** What the first row says: the modem, the number. */
  readonly title: string;
  /** Whether the terminal rings when the phone does. Default true. */
  readonly rings?: boolean;
}

/** Rows of the trace beside the phone. */
const TRACE_ROWS = 8;

/** One phone on a terminal of 80 columns and 24 rows: the keys, and which messages went and came. */
export function HandsetTerminal({ handset, title, rings = true }: HandsetTerminalProps): ReactElement {
  const { exit } = useApp();
  const screen = useScreen(handset);
  const ringing = useRing(handset, rings);
  const trace = useTrace(handset);
  useInput((input, key) => {
    if (input === 'q' && (key.ctrl || !writesLetters(handset.screen))) exit();
    else typeOn(handset, input, key);
  });
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">{title}</Text>
      <Box height={PHONE_ROWS}>
        <Phone screen={screen} ringing={ringing} />
        <Box flexDirection="column" marginLeft={2} flexGrow={1}>
          <Text bold>KEYS</Text>
          {KEYBOARD_LEGEND.map(([keys, meaning]) => (
            <Text key={keys} wrap="truncate">
              {keys.padEnd(11)}
              {meaning}
            </Text>
          ))}
          <Text bold>SMS</Text>
          {trace.map(({ id, text }) => (
            <Text key={id} wrap="truncate">
              {text}
            </Text>
          ))}
        </Box>
      </Box>
      <Text dimColor>{writesLetters(screen) ? 'Ctrl-Q quit' : 'q quit'}</Text>
    </Box>
  );
}

interface TraceLine {
  readonly id: number;
  readonly text: string;
}

function useTrace(handset: Handset): readonly TraceLine[] {
  const [lines, setLines] = useState<readonly TraceLine[]>([]);
  useEffect(
    () =>
      handset.watch((event) => {
        const text = traceText(event);
        if (text === undefined) return;
        const { clock } = handset.screen.icons;
        setLines((before) =>
          [...before, { id: (before.at(-1)?.id ?? 0) + 1, text: `${clock} ${text}` }].slice(-TRACE_ROWS),
        );
      }),
    [handset],
  );
  return lines;
}
