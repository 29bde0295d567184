/**
 * The kinds of lines. The {@link Matcher} tries the kinds in this order, and the first that fits counts. The prompt is not
 * among them: the lexer recognises it by its form.
 */
export const LINE_KINDS = [
  /** The echo of the running command. */
  'echo',
  /** The PDU that follows a header such as `+CMT:`. */
  'pdu',
  /** An `OK` that some modems send after an `ERROR`, and that ends no command. */
  'stray',
  'ok',
  /** A refusal that may end an earlier command of the same kind ({@link AtResponse.mayBeLate}). */
  'doubtful refusal',
  'refusal',
  /** An information line that may belong to an earlier command of the same kind. */
  'doubtful answer',
  /** An information line that the running command declared. */
  'answer',
  /** An information line of a command that timed out, or the last answer once more. */
  'late answer',
  /** An unsolicited code: any other line with a prefix, and words such as `RING`. */
  'code',
  /** A line without a prefix, when the answer to the running command has such lines (`+CGMI`). */
  'plain',
  /** Any other line in the place of the PDU of an answer or a code: a PDU that is not whole octets in hexadecimal. */
  'damaged pdu',
  'other',
] as const;

export type LineKind = (typeof LINE_KINDS)[number] | 'prompt';

/** What the chat knows when a line comes. Several states may hold at once: the first whose cell is not `pass` decides. */
export const MATCH_STATES = [
  /** No command runs. */
  'idle',
  /** The information line of an earlier command has just come: the `OK` of that command is due. */
  'late',
  /** A doubtful answer or refusal is kept back until another one comes or half a minute has passed. */
  'kept long',
  /** A final code is kept back for a moment, because it may be an earlier command's and another may follow. */
  'kept',
  /** The running command waits for its prompt. */
  'prompt due',
  /** A line came that only the running command can have caused: the next final code belongs to the running command. */
  'certain',
  /** An earlier command timed out without a final code: the next final code may belong to that command. */
  'owed',
  /** No other state decides. Holds always. */
  'clear',
] as const;

export type MatchState = (typeof MATCH_STATES)[number];

export type MatchAction =
  /** Nothing happens. */
  | 'ignore'
  /** This state does not decide: the next state that holds does. */
  | 'pass'
  /** The line is the final code of an earlier command. */
  | 'settle'
  /** The final code kept back was an earlier command's, which is settled; then the line is matched again. */
  | 'drop kept'
  /** Remember that this modem sends stray `OK`s. */
  | 'note stray'
  /** The running command ends with this line. */
  | 'finish'
  /** The running command ends with this line, unless another answer comes within a moment (`keep long`: half a minute). */
  | 'keep'
  | 'keep long'
  /** The line is part of the running command's answer. */
  | 'add'
  /** The line is the PDU of the header before. */
  | 'complete'
  /** The line is kept as the PDU of the header before, unless the PDU still comes. */
  | 'keep as pdu'
  /** The payload (the PDU) is typed now. */
  | 'type'
  /** A prompt came that no command waits for: ESC must close it before the next command. */
  | 'suspect'
  /** The line is passed on as an unsolicited code. */
  | 'tell'
  /** `tell`, and the next `OK` is the end of the earlier command to which the line belongs. */
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

/** The row of a line that looks like the running command's answer. */
const answer = (action: MatchAction): Row => ({
  ...always(action),
  idle: 'tell',
  late: 'pass',
  'kept long': 'drop kept',
  kept: 'drop kept',
});

/** The action for a line: a row for each kind of line, a cell for each state. */
export const MATCH_TABLE: Readonly<Record<LineKind, Row>> = {
  echo: always('ignore'),
  pdu: always('complete'),
  stray: always('note stray'),
  ok: {
    idle: 'settle',
    late: 'settle',
    // The `OK` behind the information line that is kept back.
    'kept long': 'ignore',
    kept: 'drop kept',
    // A command with a prompt cannot end with `OK` before the prompt: this `OK` is an earlier command's.
    'prompt due': 'settle',
    certain: 'finish',
    owed: 'keep',
    clear: 'finish',
  },
  'doubtful refusal': {
    ...always('keep long'),
    idle: 'settle',
    late: 'pass',
    // Of two refusals the first was the earlier command's, and this one is the running command's.
    'kept long': 'finish',
    kept: 'drop kept',
  },
  refusal: {
    idle: 'settle',
    // A late answer with an information line ends with `OK`, so a refusal is not its end.
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
  'damaged pdu': always('keep as pdu'),
  other: always('ignore'),
  prompt: {
    ...always('suspect'),
    late: 'pass',
    'kept long': 'pass',
    kept: 'pass',
    'prompt due': 'type',
  },
};

/** The action for a line of this kind in the states that hold. */
export function actionFor(kind: LineKind, holds: (state: MatchState) => boolean): MatchAction {
  for (const state of MATCH_STATES) {
    const action = MATCH_TABLE[kind][state];
    if (action !== 'pass' && (state === 'clear' || holds(state))) return action;
  }
  return 'ignore';
}
