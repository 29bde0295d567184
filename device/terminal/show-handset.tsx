import { render } from 'ink';
import type { Handset } from '../firmware/index.ts';
import { Fitted } from './fitted.tsx';
import { HandsetTerminal } from './handset-terminal.tsx';

/** Shows a handset on the terminal until the user quits. @param rings whether the terminal rings when the phone does */
export async function showHandset(handset: Handset, title: string, rings: boolean): Promise<void> {
  // Ink draws nothing when the variable CI is set. Whether there is a terminal was checked before this call.
  const options = { alternateScreen: true, interactive: true };
  const instance = render(
    <Fitted>
      <HandsetTerminal handset={handset} title={title} rings={rings} />
    </Fitted>,
    options,
  );
  await instance.waitUntilExit();
}
