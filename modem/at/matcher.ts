import type { Clock } from '../clock.ts';
import type { AtResponse, AtResult } from './command.ts';
import type { Exchange } from './exchange.ts';
import { actionFor, LINE_KINDS, type LineKind, type MatchAction, type MatchState } from './match-table.ts';
import type { Pace } from './pace.ts';
import { type FinalCode, finalCodeOf, isNumeric } from './result-codes.ts';
import { isAnswer, type Unanswered, UnansweredCommands } from './unanswered.ts';
import { isUnsolicited, type LineRouter } from './unsolicited.ts';

/** How long a final code is kept back for another one that may follow, in ms; on a slow modem longer. */
const KEPT_MS = 200;

/** How long a doubtful answer is kept back, in ms. */
const KEPT_LONG_MS = 30_000;

/** Within this time after an `ERROR`, in ms, some modems send one more `OK`, which ends no command. */
export const STRAY_MS = 200;

/** The final code of a late answer follows its information line within this time, in ms. */
const LATE_FINAL_MS = 2_000;

/** The object that types `AT` to get in step, and counts the final codes of these `AT`s. */
export interface Prober {
  /** A final code came that no running command waits for: true when it is that of an `AT`. */
  takesFinal(): boolean;
  /** An earlier command has got its final code. */
  settled(): void;
}

/** What the chat has to do after a line. */
export type MatchOutcome =
  | { readonly do: 'nothing' }
  /** The running command is done. */
  | { readonly do: 'finish'; readonly result: AtResult }
  /** The running command goes on for at most `ms` from now; undefined: for its own time-out. */
  | { readonly do: 'wait'; readonly ms: number | undefined }
  | { readonly do: 'type payload' }
  | { readonly do: 'leave prompt' };

/** A line, and the final code that it is, if any. */
interface Line {
  readonly text: string;
  readonly final: FinalCode | undefined;
}

const NOTHING: MatchOutcome = { do: 'nothing' };

/**
 * Decides to which command each line of the modem belongs: to the running one, to an earlier one that timed out, or to none.
 * For each typed command one final code must come, and the final code of an earlier command never ends the running one.
 * {@link MATCH_TABLE} has the decisions.
 */
export class Matcher {
  readonly #clock: Clock;
  readonly #router: LineRouter;
  readonly #pace: Pace;
  readonly #prober: Prober;
  readonly #unanswered = new UnansweredCommands();
  #running: Exchange | undefined;
  /** A result that is kept back: if another answer follows, this one was an earlier command's. */
  #kept: { readonly result: AtResult; readonly long: boolean } | undefined;
  /** The command whose information line has come late, and when. Also the last command, when the modem repeats its answer. */
  #late: { readonly command: Unanswered; readonly at: number } | undefined;
  #answered: Unanswered | undefined;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #saysStrays = false;
  /** The modem answers in words, not in numbers as after `ATV0`. */
  #isVerbose = false;

  /** Whether a line is of a kind; tried in the order of {@link LINE_KINDS}. */
  readonly #isOfKind: Readonly<Record<(typeof LINE_KINDS)[number], (line: Line) => boolean>> = {
    echo: ({ text }) => this.#running?.isEcho(text) === true,
    pdu: ({ text }) => this.#router.expectsPdu(text),
    stray: ({ final }) => final?.kind === 'ok' && this.#isStray(),
    ok: ({ final }) => final?.kind === 'ok',
    'doubtful refusal': ({ final }) => final !== undefined && this.#running?.mayBeLate() === true,
    refusal: ({ final }) => final !== undefined,
    'doubtful answer': ({ text }) => this.#running?.expects(text) === true && this.#running.mayBeLate(text),
    answer: ({ text }) => this.#running?.expects(text) === true,
    'late answer': ({ text }) => this.#lateCommandOf(text) !== undefined,
    code: ({ text }) => isUnsolicited(text),
    plain: () => this.#running?.command.plain === true,
    'damaged pdu': () => this.#router.expectsDamagedPdu(),
    other: () => true,
  };

  readonly #holds: Readonly<Record<MatchState, () => boolean>> = {
    idle: () => this.#running === undefined,
    late: () => this.#late !== undefined && this.#clock.now() - this.#late.at < LATE_FINAL_MS,
    'kept long': () => this.#kept?.long === true,
    kept: () => this.#kept?.long === false,
    'prompt due': () => this.#running?.awaitsPrompt === true,
    certain: () => this.#running?.hasEvidence === true,
    owed: () => this.isOwed,
    clear: () => true,
  };

  constructor(clock: Clock, router: LineRouter, pace: Pace, prober: Prober) {
    this.#clock = clock;
    this.#router = router;
    this.#pace = pace;
    this.#prober = prober;
  }

  /** Whether a command that timed out may still get its final code. */
  get isOwed(): boolean {
    return this.#unanswered.isAny(this.#clock.now());
  }

  /** For how long, in ms, a final code that may be an earlier command's is kept back. */
  get keptMs(): number {
    return Math.max(KEPT_MS, 1.5 * this.#pace.ms);
  }

  /** For how long, in ms, a command with this response must not be typed yet. */
  holdFor(response: AtResponse | undefined): number {
    return this.#unanswered.holdFor(response, this.#clock.now(), this.#pace.ms);
  }

  /** A command is typed. */
  begin(exchange: Exchange): void {
    this.#running = exchange;
  }

  /** The running command is over, with this result. */
  end(result: AtResult): void {
    const response = this.#running?.command.response;
    const now = this.#clock.now();
    if (result.kind === 'error') this.#refusedAt = now;
    if (result.kind === 'timeout') {
      this.#unanswered.add(response, now);
      this.#isVerbose = false;
    } else this.#answered = { response, since: now };
    this.#kept = undefined;
    this.#running = undefined;
    this.#router.forgetAnswer();
  }

  /** The result of the running command when its time is up. */
  resultOfSilence(exchange: Exchange, waitedMs: number): AtResult {
    return this.#kept?.result ?? exchange.resultOfSilence(waitedMs);
  }

  /** A final code came that does not end the running command: it ends an earlier one. */
  settle(): void {
    this.#unanswered.settle(this.#late?.command);
    this.#late = undefined;
    this.#prober.settled();
  }

  /** The line was quiet: the `OK` behind a late information line does not come any more. */
  forgetLate(): void {
    this.#late = undefined;
  }

  takePrompt(): MatchOutcome {
    return this.#perform(this.#actionFor('prompt'), { text: '>', final: undefined });
  }

  takeLine(text: string): MatchOutcome {
    const line: Line = { text, final: finalCodeOf(text, this.#isVerbose) };
    if (this.#running?.isEcho(text) !== true) this.#running?.noteReceived(text);
    return this.#look(line);
  }

  #look(line: Line): MatchOutcome {
    const kind = LINE_KINDS.find((candidate) => this.#isOfKind[candidate](line)) ?? 'other';
    return this.#perform(this.#actionFor(kind), line);
  }

  #actionFor(kind: LineKind): MatchAction {
    return actionFor(kind, (state) => this.#holds[state]());
  }

  #perform(action: MatchAction, line: Line): MatchOutcome {
    switch (action) {
      case 'ignore':
      case 'pass':
        return NOTHING;
      case 'complete':
        this.#router.takePdu(line.text);
        return NOTHING;
      case 'keep as pdu':
        this.#router.takeDamagedPdu(line.text);
        return NOTHING;
      case 'note stray':
        this.#saysStrays = true;
        return NOTHING;
      case 'tell':
        this.#router.takeUnsolicited(line.text);
        return NOTHING;
      case 'tell late':
        this.#noteLate(line.text);
        this.#router.takeUnsolicited(line.text);
        return NOTHING;
      case 'settle':
        if (this.#late !== undefined || !this.#prober.takesFinal()) this.settle();
        return NOTHING;
      case 'drop kept':
        this.#dropKept();
        return this.#look(line);
      case 'suspect':
        return { do: 'leave prompt' };
      default:
        return this.#running === undefined ? NOTHING : this.#take(action, line, this.#running);
    }
  }

  /** Takes a line that is the running command's, or may be. */
  #take(action: 'finish' | 'keep' | 'keep long' | 'add' | 'type', line: Line, running: Exchange): MatchOutcome {
    this.#dropKept();
    if (action === 'type') return { do: 'type payload' };
    if (action === 'add') {
      this.#router.takeAnswer(line.text, running);
      return { do: 'wait', ms: undefined };
    }
    const result = running.resultOf(line.text, line.final);
    if (result.kind === 'ok' && line.final !== undefined) this.#isVerbose = !isNumeric(line.text);
    if (action === 'finish') return { do: 'finish', result };
    const long = action === 'keep long';
    this.#kept = { result, long };
    return { do: 'wait', ms: long ? KEPT_LONG_MS : this.keptMs };
  }

  /** Another answer has come, so the result that was kept back was an earlier command's. */
  #dropKept(): void {
    if (this.#kept !== undefined) this.settle();
    this.#kept = undefined;
  }

  #noteLate(text: string): void {
    const command = this.#lateCommandOf(text);
    if (command !== undefined) this.#late = { command, at: this.#clock.now() };
  }

  #lateCommandOf(text: string): Unanswered | undefined {
    const now = this.#clock.now();
    const answered = this.#answered;
    if (answered === undefined || now - answered.since >= LATE_FINAL_MS) return this.#unanswered.find(text, now);
    const isSaidTwice = answered.response !== undefined && isAnswer(answered.response, text);
    return this.#unanswered.find(text, now) ?? (isSaidTwice ? answered : undefined);
  }

  /** Whether an `OK` is stray: this modem is known to send such ones, or no command can have caused it. */
  #isStray(): boolean {
    if (this.#running !== undefined) return this.#saysStrays && this.#kept?.result.kind === 'error' && !this.#kept.long;
    const isAfterRefusal = this.#clock.now() - this.#refusedAt <= STRAY_MS;
    return isAfterRefusal && (this.#saysStrays || !this.isOwed);
  }
}
