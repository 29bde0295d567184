import { Box, Text, useWindowSize } from 'ink';
import type { ReactElement, ReactNode } from 'react';

/** The window that every screen of the project is drawn for. */
const COLUMNS = 80;
const ROWS = 24;

/** Shows its content when the window is large enough, else a line that asks for a larger one. The content keeps its state. */
export function Fitted({ children }: { readonly children: ReactNode }): ReactElement {
  const { columns, rows } = useWindowSize();
  const fits = columns >= COLUMNS && rows >= ROWS;
  return (
    <>
      {!fits && (
        <Text>
          {columns} x {rows}: too small. Make the window {COLUMNS} x {ROWS}.
        </Text>
      )}
      <Box display={fits ? 'flex' : 'none'}>{children}</Box>
    </>
  );
}
