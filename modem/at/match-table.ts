/**
 * What a line is to the chat. Each is looked for in this order ({@link Matcher}), and the first that fits is taken; a
 * prompt is no line, and known by its form alone.
 */
export const LINE_KINDS = [
  /** What the modem repeats of the running command. */
  'echo',
  /** The PDU that a line before has announced. */
  'pdu',
  /** An `OK` after a refusal that ends nothing: some modems say one. */
  'stray',
  'ok',
  /** A refusal that may end an earlier command of the same kind ({@link AtResponse.mayBeLate}). */
  'doubtful refusal',
  'refusal',
  /** An information line that may belong to an earlier command of the same kind. */
  'doubtful answer',
  /** An information line that the running command declared. */
  'answer',
  /** An information line of a command that timed out, or of the last one again. */
  'late answer',
  /** Anything else with a prefix, and words such as `RING`. */
  'code',
  /** A line without a prefix, where the running command takes those. */
  'plain',
  'other',
] as const;

export type LineKind = (typeof LINE_KINDS)[number] | 'prompt';

/** What the chat knows when a line comes. Several may hold at once: the first whose cell does not say `pass` decides. */
export const MATCH_STATES = [
  /** No command runs. */
  'idle',
  /** The information line of an earlier command has just come: its `OK` is due. */
  'late',
  /** A doubtful answer or refusal is kept back, until another one comes, or half a minute has passed. */
  'kept long',
  /** A final code is kept back for a moment, since another may follow. */
  'kept',
  /** The running command waits for its prompt. */
  'prompt due',
  /** Something came that only the running command can have caused: the next final code is its own. */
  'certain',
  /** An earlier command has had no final code, so the next one may be that. */
  'owed',
  /** Nothing but the running command's own answer is due. Holds always. */
  'clear',
] as const;

export type MatchState = (typeof MATCH_STATES)[number];

export type MatchAction =
  /** Nothing happens. */
  | 'ignore'
  /** This state says nothing about it: the next one that holds does. */
  | 'pass'
  /** An earlier command has its final code. */
  | 'settle'
  /** What was kept back was an earlier command's: it is settled, and the line is looked at anew. */
  | 'drop kept'
  /** The modem says `OK`s that end nothing. */
  | 'note stray'
  /** The running command ends with this. */
  | 'finish'
  /** It ends with this, unless another answer comes within a moment, or half a minute. */
  | 'keep'
  | 'keep long'
  /** A line of the running command's answer. */
  | 'add'
  /** The rest of the line that announced it. */
  | 'complete'
  /** The payload is typed. */
  | 'type'
  /** A prompt is open that nobody asked for. */
  | 'suspect'
  /** The modem says it on its own account. */
  | 'tell'
  /** The same, and the next `OK` ends the earlier command whose line it is. */
  | 'tell late';

type Row = Readonly<Record<MatchState, MatchAction>>;

const always = (action: MatchAction): Row => ({
  idle: action,
  late: action,
  'kept long': action,
  kept: action,
  'prompt due': action,
  certain: action,
  owed: action,
  clear: action,
});

/** What is done with a line that looks like the running command's. */
const answer = (action: MatchAction): Row => ({
  ...always(action),
  idle: 'tell',
  late: 'pass',
  'kept long': 'drop kept',
  kept: 'drop kept',
});

/** What is done with a line: a row for each kind of line, a cell for each state. */
export const MATCH_TABLE: Readonly<Record<LineKind, Row>> = {
  echo: always('ignore'),
  pdu: always('complete'),
  stray: always('note stray'),
  ok: {
    idle: 'settle',
    late: 'settle',
    // It is the end of what is kept back.
    'kept long': 'ignore',
    kept: 'drop kept',
    // Before its prompt no command succeeds.
    'prompt due': 'settle',
    certain: 'finish',
    owed: 'keep',
    clear: 'finish',
  },
  'doubtful refusal': {
    ...always('keep long'),
    idle: 'settle',
    late: 'pass',
    // Of two, the second is the running command's.
    'kept long': 'finish',
    kept: 'drop kept',
  },
  refusal: {
    idle: 'settle',
    // A late answer whose line has come ends with OK.
    late: 'pass',
    'kept long': 'drop kept',
    kept: 'drop kept',
    'prompt due': 'pass',
    certain: 'finish',
    owed: 'keep',
    clear: 'finish',
  },
  'doubtful answer': answer('keep long'),
  answer: answer('add'),
  plain: answer('add'),
  'late answer': always('tell late'),
  code: always('tell'),
  other: always('ignore'),
  prompt: {
    ...always('suspect'),
    late: 'pass',
    'kept long': 'pass',
    kept: 'pass',
    'prompt due': 'type',
  },
};

/** What is done with a line of this kind in the states that hold. */
export function actionFor(kind: LineKind, holds: (state: MatchState) => boolean): MatchAction {
  for (const state of MATCH_STATES) {
    const action = MATCH_TABLE[kind][state];
    if (action !== 'pass' && (state === 'clear' || holds(state))) return action;
  }
  return 'ignore';
}
