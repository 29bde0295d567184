import { Box, Text, useWindowSize } from 'ink';
import type { ReactElement, ReactNode } from 'react';

/** The window that every screen of the project is drawn for. */
const COLUMNS = 80;
const ROWS = 24;

/** What it holds, as long as the window is large enough for it; in a smaller one, a word about that. It lives on meanwhile. */
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
