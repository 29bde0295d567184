import { render } from 'ink';
import type { Handset } from '../firmware/index.ts';
import { HandsetTerminal } from './handset-terminal.tsx';

/** Shows a handset on the terminal until the user quits. */
export async function showHandset(handset: Handset, title: string): Promise<void> {
  const instance = render(<HandsetTerminal handset={handset} title={title} />, { alternateScreen: true });
  await instance.waitUntilExit();
}
