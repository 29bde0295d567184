import type { Cancel, FarEnd } from '../../modem/index.ts';
import type { LineFaultAction, Said } from '../network/fault-kinds.ts';
import type { LineTarget } from '../network/faults.ts';
import type { SeededRandom } from '../random.ts';
import { runCommandLine } from './interpreter.ts';
import type { TalkSettings } from './talk.ts';
import { Terminal } from './terminal.ts';
import type { VirtualModem } from './virtual-modem.ts';

/** The faults that apply to an output of a modem, in the order in which they were added. */
export type LineFaults = (target: LineTarget) => readonly LineFaultAction[];

/** The lines of a modem, each with its terminal, which hosts open and close. */
export class Lines {
  readonly #modem: VirtualModem;
  readonly #faults: LineFaults;
  readonly #random: SeededRandom;
  readonly #terminals: Terminal[] = [];
  #nextNoise: Cancel | undefined;

  constructor(modem: VirtualModem, faults: LineFaults, random: SeededRandom) {
    this.#modem = modem;
    this.#faults = faults;
    this.#random = random;
  }

  /** @param codes whether unsolicited codes come on it. */
  attach(line: FarEnd, codes: boolean): void {
    const modem = this.#modem;
    const number = this.#terminals.length + 1;
    const { wire } = modem.personality;
    const terminal: Terminal = new Terminal(
      line,
      {
        wire,
        talk: modem.profile.talk,
        clock: modem.clock,
        random: this.#random.fork(`line ${number}`),
        run: (body, first) => runCommandLine(modem, terminal, { body, first }),
        strikes: (said, command) => this.#strikes(said, command),
        changed: () => this.#changed(terminal, number),
        overflowed: () => {
          if (wire.crashesUnread) modem.reboot();
        },
      },
      codes,
    );
    this.#terminals.push(terminal);
  }

  /** Whether a host has one of them open. */
  get hostPresent(): boolean {
    return this.#terminals.some((terminal) => terminal.present);
  }

  /** Sends an unsolicited code to the hosts that are there. */
  notify(code: readonly string[]): void {
    for (const terminal of this.#terminals) terminal.notify(code);
  }

  /** Sends octets that are neither an answer nor a code, even while a command runs. */
  interject(text: string): void {
    for (const terminal of this.#terminals) terminal.interject(text);
  }

  /** Sends nothing for `ms`, then all output that waited. */
  stall(ms: number): void {
    for (const terminal of this.#terminals) terminal.stall(ms);
  }

  /** The modem restarts: running commands are dropped and never answered. */
  restart(talk: TalkSettings): void {
    for (const terminal of this.#terminals) terminal.restart(talk);
  }

  /** Pulls all of them away from their hosts. */
  hangUp(): void {
    for (const terminal of this.#terminals) terminal.hangUp();
  }

  /** Puts them back, under other names if `renamed`. */
  plugIn(renamed: boolean): void {
    for (const terminal of this.#terminals) terminal.plugIn(renamed);
  }

  /** The faults for an output. Faults of the modem itself (reboot, unplug) act after the output was dropped. */
  #strikes(said: Said, command: string | undefined): readonly LineFaultAction[] {
    const modem = this.#modem;
    const actions = this.#faults({ modem: modem.number, said, ...(command === undefined ? {} : { command }) });
    for (const action of actions) {
      if (action.kind === 'reboot' || action.kind === 'unplug') modem.clock.after(0, () => modem.suffer(action));
    }
    return actions;
  }

  #changed(terminal: Terminal, number: number): void {
    const modem = this.#modem;
    if (terminal.present && !modem.plugged) {
      terminal.hangUp();
      return;
    }
    modem.log.add({ kind: terminal.present ? 'connect' : 'disconnect', number: modem.number, line: number });
    modem.incoming.hostsChanged();
    this.#nextNoise?.();
    this.#nextNoise = undefined;
    if (this.hostPresent) this.#makeNoise(0);
  }

  #makeNoise(turn: number): void {
    const { noise } = this.#modem.personality;
    if (noise === undefined) return;
    this.#nextNoise = this.#modem.clock.after(noise.everyMs, () => {
      const code = noise.codes[turn % noise.codes.length];
      if (code !== undefined && this.#modem.settings.periodicCodes) this.notify([code]);
      this.#makeNoise(turn + 1);
    });
  }
}
