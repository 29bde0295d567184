import { sleep, systemClock } from '../../../modem/index.ts';
import { Program } from '../cli/program.ts';
import type { Setting } from './setting.ts';

const SOURCE = 'test/server/real-kills/service-process.ts';

/** How long a start may take on a busy machine, ms. */
const START_MS = 240_000;

/** A service in a process, which may be killed at any moment and started again on the same database. */
export class MortalService {
  /** What services wrote into the journal as a fault, or said when they ended by themselves. */
  readonly faults: string[] = [];
  /** Alarms that services wrote into the journal. */
  readonly alarms: string[] = [];
  /** Hears where the API of each process listens. */
  onUrl: (url: string) => void = () => {};
  #program: Program | undefined;

  /** Starts a process; it need not be ready yet. */
  begin(setting: Setting): void {
    this.#program = new Program(SOURCE, [JSON.stringify(setting)]);
  }

  /** Resolves when the API listens. */
  async ready(): Promise<void> {
    const { url } = await this.#running().line('ready', START_MS);
    this.onUrl(String(url));
  }

  /** `SIGKILL` ends it where it is, `SIGTERM` in good order. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const program = this.#running();
    const ended = await program.end(signal);
    const expected = signal === 'SIGKILL' ? 'SIGKILL' : 0;
    if (ended !== expected) this.faults.push(`the service ended with ${ended}`);
    if (program.errors !== '') this.faults.push(program.errors);
    const said = (kind: string) =>
      program.lines.filter(({ event }) => event === kind).map(({ entry }) => JSON.stringify(entry));
    this.faults.push(...said('fault'));
    this.alarms.push(...said('alarm'));
    this.#program = undefined;
  }

  /** Stops the process where it is for a while: what it began goes on when it does. */
  async pause(ms: number): Promise<void> {
    const program = this.#running();
    program.signal('SIGSTOP');
    await sleep(systemClock, ms);
    program.signal('SIGCONT');
  }

  /** Kills what still runs, after a test that failed. */
  async abandon(): Promise<void> {
    await this.#program?.end('SIGKILL');
  }

  #running(): Program {
    if (this.#program === undefined) throw new Error('no service runs');
    return this.#program;
  }
}
