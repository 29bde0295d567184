import { Box, Text } from 'ink';
import { type ReactElement, useEffect, useState } from 'react';
import type { Handset } from '../firmware/index.ts';
import type { Screen } from '../hal/index.ts';
import { drawPhone, type Line, PHONE_COLUMNS } from './drawing.ts';

/** What a {@link Phone} shows. */
export interface PhoneProps {
  readonly screen: Screen;
  /** Draw the keypad below the LCD. Default true. */
  readonly keypad?: boolean;
  /** Whether it rings ({@link useRing}). Default false. */
  readonly ringing?: boolean;
  /** Of several phones, whether this one gets the keys: the others are drawn dim. Default true. */
  readonly active?: boolean;
}

/** A phone, 26 columns wide: 21 rows with its keypad, 16 without. */
export function Phone({ screen, keypad = true, ringing = false, active = true }: PhoneProps): ReactElement {
  return (
    <Box flexDirection="column" width={PHONE_COLUMNS}>
      {drawPhone(screen, { keypad, ringing }).map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the phone is what its number says
        <PhoneLine key={row} line={line} dim={!active} />
      ))}
    </Box>
  );
}

function PhoneLine({ line, dim }: { readonly line: Line; readonly dim: boolean }): ReactElement {
  return (
    <Text wrap="truncate" dimColor={dim}>
      {line.map((span, index) => (
        <Text
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no other name than their place
          key={index}
          inverse={span.inverse === true}
          bold={span.bold === true}
          dimColor={dim || span.dim === true}
        >
          {span.text}
        </Text>
      ))}
    </Text>
  );
}

/** The screen of a handset, kept up to date. */
export function useScreen(handset: Handset): Screen {
  const [screen, setScreen] = useState(() => handset.screen);
  useEffect(() => {
    setScreen(handset.screen);
    return handset.watch((event) => {
      if (event.kind === 'screen') setScreen(event.screen);
    });
  }, [handset]);
  return screen;
}
