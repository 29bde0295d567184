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

/** Within this time after a refusal, in ms, some modems say an `OK` that ends nothing. */
export const STRAY_MS = 200;

/** The final code of a late answer follows its information line within this time, in ms. */
const LATE_FINAL_MS = 2_000;

/** Who types `AT` to get in step, and gets its final codes. */
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
  /** It goes on, and has so long from now; undefined: as long as it may take by itself. */
  | { readonly do: 'wait'; readonly ms: number | undefined }
  | { readonly do: 'type payload' }
  | { readonly do: 'leave prompt' };

/** A line, as {@link MATCH_ORDER} looks at it. */
interface Line {
  readonly text: string;
  readonly final: FinalCode | undefined;
}

const NOTHING: MatchOutcome = { do: 'nothing' };

/**
 * Says whose each line of the modem is: the running command's, an earlier one's whose time was up, or nobody's. Each
 * command that was typed owes one final code, and no command gets one that another owes. {@link MATCH_TABLE} decides.
 */
export class Matcher {
  readonly #clock: Clock;
  readonly #router: LineRouter;
  readonly #pace: Pace;
  readonly #prober: Prober;
  readonly #unanswered = new UnansweredCommands();
  #running: Exchange | undefined;
  /** An answer that another line may still prove to be an earlier command's. */
  #kept: { readonly result: AtResult; readonly long: boolean } | undefined;
  /** The command whose information line has come late, and when; one that was answered already if it was said twice. */
  #late: { readonly command: Unanswered; readonly at: number } | undefined;
  #answered: Unanswered | undefined;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #saysStrays = false;
  /** The modem answers in words, not in numbers as after `ATV0`. */
  #isVerbose = false;

  /** What makes a line one of a kind; looked at in the order of {@link LINE_KINDS}. */
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

  /** It is over, with this result. */
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

  /** What the running command ends with when its time is up. */
  resultOfSilence(exchange: Exchange, waitedMs: number): AtResult {
    return this.#kept?.result ?? exchange.resultOfSilence(waitedMs);
  }

  /** A final code that nobody is waiting for has come. */
  settle(): void {
    this.#unanswered.settle(this.#late?.command);
    this.#late = undefined;
    this.#prober.settled();
  }

  /** The line was quiet: no answer is half said. */
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

  /** The line is the running command's, or may be. */
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

  /** Another answer has come, so the one that was kept back was an earlier command's. */
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

  /** The modem says such `OK`s, or nobody else can have caused this one. */
  #isStray(): boolean {
    if (this.#running !== undefined) return this.#saysStrays && this.#kept?.result.kind === 'error' && !this.#kept.long;
    const isAfterRefusal = this.#clock.now() - this.#refusedAt <= STRAY_MS;
    return isAfterRefusal && (this.#saysStrays || !this.isOwed);
  }
}
