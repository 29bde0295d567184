import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const PROGRAM = join(import.meta.dirname, '../../sim/cli/gsm-sim.ts');

/** The line that `gsm-sim serve --json` prints when it is ready. */
const Ready = z.object({
  control: z.string(),
  modems: z.tuple([z.object({ number: z.string(), tty: z.string() })]),
});
const Submitted = z.array(z.object({ to: z.string(), tpdu: z.string() }));

/** A network in which nothing takes time, with one modem, in a process of its own. */
export interface VirtualNetwork {
  /** The pseudo terminal of the modem. */
  readonly tty: string;
  /** The SUBMITs in hex that the modem sent, oldest first. */
  submitted(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Starts the network. @throws Error when it does not start. */
export async function openVirtualNetwork(): Promise<VirtualNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-benchmark-'));
  const world = spawn(
    process.execPath,
    [PROGRAM, 'serve', '--modems', '1', '--dir', folder, '--profile', 'none', '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(world, 'exit').then(() => rmSync(folder, { recursive: true, force: true }));
  const { value } = await createInterface({ input: world.stdout })[Symbol.asyncIterator]().next();
  if (value === undefined) throw new Error('The virtual network did not start');
  const { control, modems } = Ready.parse(JSON.parse(value));
  const [{ number, tty }] = modems;
  return {
    tty,
    async submitted() {
      const answer = await fetch(`${control}/submitted?from=${encodeURIComponent(number)}`);
      return Submitted.parse(await answer.json()).map(({ tpdu }) => tpdu);
    },
    async close() {
      world.kill();
      await ended;
    },
  };
}
