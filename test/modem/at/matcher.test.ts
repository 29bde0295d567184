import { describe, expect, test } from 'vitest';
import type { AtCommand, AtResult } from '../../../modem/at/command.ts';
import { Exchange } from '../../../modem/at/exchange.ts';
import { type LineKind, MATCH_STATES, type MatchState } from '../../../modem/at/match-table.ts';
import { Matcher, type MatchOutcome } from '../../../modem/at/matcher.ts';
import { Pace } from '../../../modem/at/pace.ts';
import { LineRouter } from '../../../modem/at/unsolicited.ts';
import { VirtualClock } from '../../../sim/index.ts';

/** Kinds of line that need nothing but a line in a state; the other three are tested below. */
type PlainKind = Exclude<LineKind, 'stray' | 'pdu' | 'damaged pdu'>;

/** A line of each kind, where the running command is `AT+RUN`. */
const lines: Readonly<Record<PlainKind, string>> = {
  echo: 'AT+RUN',
  ok: 'OK',
  'doubtful refusal': 'ERROR',
  refusal: 'ERROR',
  'doubtful answer': '+RUN: 1,late',
  answer: '+RUN: 2',
  'late answer': '+OLD: 1',
  code: '^RSSI: 20',
  plain: 'some text',
  other: 'some text',
  prompt: '> ',
};

const OLD: AtCommand = { text: 'AT+OLD', response: { prefix: '+OLD:' } };

class Stage {
  readonly clock = new VirtualClock();
  readonly told: string[] = [];
  readonly pace = new Pace();
  settled = 0;
  /** Whether final codes that no command waits for are those of `AT`. */
  isProbing = false;
  readonly router = new LineRouter(this.clock, (code) => this.told.push(code.pdu ?? code.line));
  readonly matcher = new Matcher(this.clock, this.router, this.pace, {
    takesFinal: () => this.isProbing,
    settled: () => {
      this.settled += 1;
    },
  });
  running: Exchange | undefined;

  run(command: AtCommand): Exchange {
    const exchange = new Exchange(command, () => {});
    this.running = exchange;
    this.matcher.begin(exchange);
    return exchange;
  }

  /** The running command ends so. */
  end(kind: 'timeout' | 'refused' | 'ok'): void {
    const exchange = this.running ?? this.run(OLD);
    const result: AtResult =
      kind === 'timeout'
        ? exchange.resultOfSilence(1_000)
        : exchange.resultOf(kind === 'ok' ? 'OK' : 'ERROR', {
            ...(kind === 'ok' ? { kind } : { kind: 'error', error: { family: 'other', text: 'ERROR' } }),
          });
    this.matcher.end(result);
    this.running = undefined;
  }

  /** A command timed out. */
  owe(): void {
    this.run(OLD);
    this.end('timeout');
  }
}

/** The running command; in which lines and refusals may be late is a part of the state. */
function command(more: Partial<AtCommand> = {}, isRefusalDoubtful = false): AtCommand {
  const mayBeLate = (line?: string) => (line === undefined ? isRefusalDoubtful : line.endsWith('late'));
  return { text: 'AT+RUN', response: { prefix: '+RUN:', many: true, mayBeLate }, ...more };
}

/** Brings the stage into each state, and no other that is looked at before it. */
const arrange: Readonly<Record<MatchState, (stage: Stage, run: (more?: Partial<AtCommand>) => void) => void>> = {
  idle: (stage) => stage.owe(),
  late: (stage, run) => {
    stage.owe();
    run();
    stage.matcher.takeLine('+OLD: 1');
  },
  'kept long': (stage, run) => {
    stage.owe();
    run();
    stage.matcher.takeLine('+RUN: 1,late');
  },
  kept: (stage, run) => {
    stage.owe();
    stage.owe();
    run();
    stage.matcher.takeLine('OK');
  },
  'prompt due': (stage, run) => {
    stage.owe();
    run({ payload: 'CC' });
  },
  certain: (stage, run) => {
    stage.owe();
    run();
    stage.matcher.takeLine('+RUN: 0');
  },
  owed: (stage, run) => {
    stage.owe();
    run();
  },
  clear: (_, run) => run(),
};

/** What came of it, in words: what the chat does, what was told, settled, and added to the running command's answer. */
function effectOf(stage: Stage, take: () => MatchOutcome): string {
  const [toldBefore, settledBefore] = [stage.told.length, stage.settled];
  const linesOf = () => {
    const result = stage.running?.resultOf('OK', { kind: 'ok' });
    return result?.kind === 'ok' ? result.lines.length : 0;
  };
  const before = linesOf();
  const outcome = take();
  const settled = stage.settled - settledBefore;
  return [
    outcome.do === 'finish' ? `finish ${outcome.result.kind}` : '',
    outcome.do === 'wait' ? `wait ${outcome.ms ?? ''}`.trim() : '',
    outcome.do === 'type payload' || outcome.do === 'leave prompt' ? outcome.do : '',
    ...stage.told.slice(toldBefore).map((line) => `tell ${line}`),
    settled > 0 ? `settle ${settled}` : '',
    linesOf() > before ? 'add' : '',
  ]
    .filter((each) => each !== '')
    .join(', ');
}

/** A row for each kind of line; a cell for each state, in the order of {@link MATCH_STATES}. */
const table: readonly (readonly [kind: PlainKind, effects: readonly string[]])[] = [
  //          idle, late, kept long, kept, prompt due, certain, owed, clear
  ['echo', ['', '', '', '', '', '', '', '']],
  ['ok', ['settle 1', 'settle 1', '', 'wait 200, settle 1', 'settle 1', 'finish ok', 'wait 200', 'finish ok']],
  [
    'doubtful refusal',
    [
      'settle 1',
      'wait 30000',
      'finish error, settle 1',
      'wait 30000, settle 1',
      'wait 30000',
      'wait 30000',
      'wait 30000',
      'wait 30000',
    ],
  ],
  [
    'refusal',
    [
      'settle 1',
      'wait 200',
      'finish error, settle 1',
      'wait 200, settle 1',
      'wait 200',
      'finish error',
      'wait 200',
      'finish error',
    ],
  ],
  [
    'doubtful answer',
    [
      'tell +RUN: 1,late',
      'wait 30000',
      'wait 30000, settle 1',
      'wait 30000, settle 1',
      'tell +RUN: 1,late',
      'wait 30000',
      'wait 30000',
      'wait 30000',
    ],
  ],
  [
    'answer',
    [
      'tell +RUN: 2',
      'wait, add',
      'wait, settle 1, add',
      'wait, settle 1, add',
      'tell +RUN: 2',
      'wait, add',
      'wait, add',
      'wait, add',
    ],
  ],
  [
    'late answer',
    [
      'tell +OLD: 1',
      'tell +OLD: 1',
      'tell +OLD: 1',
      'tell +OLD: 1',
      'tell +OLD: 1',
      'tell +OLD: 1',
      'tell +OLD: 1',
      'tell +OLD: 1',
    ],
  ],
  ['code', Array<string>(8).fill('tell ^RSSI: 20')],
  [
    'plain',
    ['', 'wait, add', 'wait, settle 1, add', 'wait, settle 1, add', 'wait, add', 'wait, add', 'wait, add', 'wait, add'],
  ],
  ['other', ['', '', '', '', '', '', '', '']],
  [
    'prompt',
    [
      'leave prompt',
      'leave prompt',
      'leave prompt',
      'leave prompt',
      'type payload',
      'leave prompt',
      'leave prompt',
      'leave prompt',
    ],
  ],
];

const cells = table.flatMap(([kind, effects]) =>
  MATCH_STATES.map((state, index) => [kind, state, effects[index]] as const),
);

/** The stage in a state, for a line of this kind. */
function stageFor(state: MatchState, kind?: LineKind): Stage {
  const stage = new Stage();
  arrange[state](stage, (more) => {
    stage.run(command({ ...more, ...(kind === 'plain' && { plain: true }) }, kind === 'doubtful refusal'));
  });
  return stage;
}

describe('whose a line is', () => {
  test.each(cells)('%s when %s: %s', (kind, state, effect) => {
    const stage = stageFor(state, kind);
    const take = () => (kind === 'prompt' ? stage.matcher.takePrompt() : stage.matcher.takeLine(lines[kind]));
    expect(effectOf(stage, take)).toBe(effect);
  });

  test.each(MATCH_STATES)('the PDU that a code has announced is its own when %s', (state) => {
    const stage = stageFor(state);
    stage.matcher.takeLine('+CMT: ,25');
    expect(effectOf(stage, () => stage.matcher.takeLine('0011AA'))).toBe('tell 0011AA');
  });

  test.each(['kept', 'kept long'] as const)('a prompt settles what is %s, and is the running command’s', (state) => {
    const stage = new Stage();
    stage.owe();
    stage.run(command({ payload: 'CC' }, state === 'kept long'));
    expect(effectOf(stage, () => stage.matcher.takeLine('ERROR'))).toBe(state === 'kept' ? 'wait 200' : 'wait 30000');
    expect(effectOf(stage, () => stage.matcher.takePrompt())).toBe('type payload, settle 1');
  });
});

describe('an OK that ends nothing', () => {
  const refused = (more?: (stage: Stage) => void) => {
    const stage = new Stage();
    more?.(stage);
    stage.run(command());
    stage.end('refused');
    return stage;
  };

  test.each([
    [0, ''],
    [200, ''],
    [201, 'settle 1'],
  ])('comes %i ms after a refusal: %s', async (ms, effect) => {
    const stage = refused();
    await stage.clock.advance(ms);
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe(effect);
  });

  test.each([
    ['+CMTI: "SM",1', 'tell +CMTI: "SM",1'],
    ['RING', 'tell RING'],
    ['ERROR', 'settle 1'],
    ['>', 'leave prompt'],
  ])('is an OK and nothing else: %s right after a refusal is what it always is', (text, effect) => {
    const stage = refused();
    const take = () => (text === '>' ? stage.matcher.takePrompt() : stage.matcher.takeLine(text));
    expect(effectOf(stage, take)).toBe(effect);
  });

  test('is not presumed while a command is owed its final code, unless the modem is known to say it', () => {
    const stage = refused((before) => before.owe());
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe('settle 1');
    expect(stage.matcher.isOwed).toBe(false);
    const known = refused();
    known.matcher.takeLine('OK');
    known.owe();
    known.run(command());
    known.end('refused');
    expect(effectOf(known, () => known.matcher.takeLine('OK'))).toBe('');
  });

  test('does not make a success of a refusal that is kept back, when the modem is known to say it', () => {
    const stage = refused();
    stage.matcher.takeLine('OK');
    stage.owe();
    stage.run(command());
    expect(effectOf(stage, () => stage.matcher.takeLine('ERROR'))).toBe('wait 200');
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe('');
    // After a refusal that may be an earlier command's it does not count either: it is the end of that one.
    stage.end('timeout');
    stage.run(command({}, true));
    stage.matcher.takeLine('ERROR');
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe('');
  });
});

describe('commands that timed out', () => {
  const other: AtCommand = { text: 'AT+OTHER', response: { prefix: '+OTHER:' } };

  test('are settled by the line that is theirs, else the oldest first', () => {
    const stage = new Stage();
    stage.owe();
    stage.run(other);
    stage.end('timeout');
    stage.matcher.takeLine('+OTHER: 1');
    stage.matcher.takeLine('OK');
    expect([stage.matcher.holdFor(OLD.response), stage.matcher.holdFor(other.response)]).toEqual([5_000, 0]);
    stage.run(other);
    stage.end('timeout');
    stage.matcher.takeLine('OK');
    expect([stage.matcher.holdFor(OLD.response), stage.matcher.holdFor(other.response)]).toEqual([0, 5_000]);
  });

  test.each([
    [0, 0, 5_000],
    [4_999, 0, 1],
    [5_000, 0, 0],
    [5_000, 2_500, 2_500],
  ])('hold one of their kind back: after %i ms, at a pace of %i ms, for %i ms more', async (ms, paceMs, holdMs) => {
    const stage = new Stage();
    stage.pace.answered(paceMs);
    stage.owe();
    await stage.clock.advance(ms);
    expect(stage.matcher.holdFor(OLD.response)).toBe(holdMs);
    expect([stage.matcher.holdFor(undefined), stage.matcher.holdFor(other.response)]).toEqual([0, 0]);
  });

  test('are waited for 300 s, 32 at once', async () => {
    const stage = new Stage();
    for (let index = 0; index < 33; index += 1) stage.owe();
    for (let index = 0; index < 32; index += 1) {
      expect(stage.matcher.isOwed).toBe(true);
      stage.matcher.settle();
    }
    expect(stage.matcher.isOwed).toBe(false);
    stage.owe();
    await stage.clock.advance(299_999);
    expect(stage.matcher.isOwed).toBe(true);
    await stage.clock.advance(1);
    expect(stage.matcher.isOwed).toBe(false);
  });

  test('do not take the final codes of an AT that is typed to get in step, unless their line has come', () => {
    const stage = new Stage();
    stage.owe();
    stage.isProbing = true;
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe('');
    stage.matcher.takeLine('+OLD: 1');
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe('settle 1');
    stage.matcher.takeLine('+OLD: 1');
    stage.matcher.forgetLate();
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe('');
  });

  test.each([
    [1_999, 'settle 1'],
    [2_000, 'finish ok'],
  ])('end with the OK that follows their line within 2 s: %i ms later it does %s', async (ms, effect) => {
    const stage = new Stage();
    stage.owe();
    stage.run(command());
    stage.matcher.takeLine('+RUN: 1');
    stage.matcher.takeLine('+OLD: 1');
    await stage.clock.advance(ms);
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe(effect);
  });

  test.each([
    [1_999, 'settle 1'],
    [2_000, 'finish ok'],
  ])('so does an answer that is said twice, within 2 s: after %i ms its OK does %s', async (ms, effect) => {
    const stage = new Stage();
    stage.run(OLD);
    stage.end('ok');
    await stage.clock.advance(ms);
    stage.run(command());
    stage.matcher.takeLine('+OLD: 1');
    expect(effectOf(stage, () => stage.matcher.takeLine('OK'))).toBe(effect);
  });

  test.each([
    [0, 200],
    [99, 200],
    [100, 200],
    [400, 600],
    [2_500, 3_750],
  ])('at a pace of %i ms, a final code that may be theirs is kept back for %i ms', (paceMs, keptMs) => {
    const stage = new Stage();
    stage.pace.answered(paceMs);
    stage.owe();
    stage.run(command());
    expect(stage.matcher.takeLine('OK')).toEqual({ do: 'wait', ms: keptMs });
    const running = stage.running;
    expect(running && stage.matcher.resultOfSilence(running, 200)).toEqual({ kind: 'ok', lines: [], numeric: false });
  });
});

describe('final codes in numbers', () => {
  test('are none once the modem was heard to answer in words, until it falls silent', () => {
    const stage = new Stage();
    stage.run(command({ plain: true }));
    expect(effectOf(stage, () => stage.matcher.takeLine('0'))).toBe('finish ok');
    stage.matcher.takeLine('OK');
    expect(effectOf(stage, () => stage.matcher.takeLine('0'))).toBe('wait, add');
    stage.end('timeout');
    stage.matcher.settle();
    stage.run(command({ plain: true }));
    expect(effectOf(stage, () => stage.matcher.takeLine('0'))).toBe('finish ok');
  });

  test('may follow a refusal in words: +CME ERROR: 3 is said so after ATV0, too (3GPP TS 27.007, 9.2)', () => {
    const stage = new Stage();
    stage.run(command({ plain: true }));
    expect(effectOf(stage, () => stage.matcher.takeLine('+CME ERROR: 3'))).toBe('finish error');
    stage.end('refused');
    stage.run(command({ plain: true }));
    expect(effectOf(stage, () => stage.matcher.takeLine('0'))).toBe('finish ok');
  });
});
