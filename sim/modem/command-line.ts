/** One command of a command line, as it was written (ITU-T V.250, 5.3 and 5.4). */
export interface CommandCall {
  /** In capitals, with the character that announces it: `E`, `&F`, `S`, `+CMGF`. */
  readonly name: string;
  /** `basic` is a letter with an optional number, `ATE0`; the other four are those of extended commands. */
  readonly form: 'basic' | 'test' | 'read' | 'set' | 'execute';
  /** The text after the name and the `=`; may be empty. */
  readonly text: string;
}

const EXTENDED_START = /[+^$#*%_]/;
const EXTENDED_NAME = /^[+^$#*%_][A-Za-z0-9!%./:_-]*/;
const BASIC = /^(&?[A-Za-z])(\d*)/;
const S_PARAMETER = /^[Ss](\d+)(\?|=(\d*))?/;

/**
 * Splits the text between `AT` and the carriage return into commands. Spaces count only inside quotes; an extended command
 * ends at `;`, a basic one at the next letter. `undefined` when the line is malformed.
 */
export function parseCommandLine(body: string): readonly CommandCall[] | undefined {
  const calls: CommandCall[] = [];
  let rest = withoutSpaces(body);
  while (rest !== '') {
    if (rest.startsWith(';')) {
      rest = rest.slice(1);
      continue;
    }
    const taken = EXTENDED_START.test(rest.charAt(0)) ? takeExtended(rest) : takeBasic(rest);
    if (taken === undefined) return undefined;
    calls.push(taken.call);
    rest = rest.slice(taken.length);
  }
  return calls;
}

interface Taken {
  readonly call: CommandCall;
  readonly length: number;
}

function takeExtended(rest: string): Taken | undefined {
  const name = EXTENDED_NAME.exec(rest)?.[0] ?? '';
  if (name.length < 2) return undefined;
  const end = endOfExtended(rest);
  const tail = rest.slice(name.length, end);
  const call = (form: CommandCall['form'], text: string): Taken => ({
    call: { name: name.toUpperCase(), form, text },
    length: end,
  });
  if (tail === '') return call('execute', '');
  if (tail === '?') return call('read', '');
  if (tail === '=?') return call('test', '');
  if (tail.startsWith('=')) return call('set', tail.slice(1));
  return undefined;
}

function takeBasic(rest: string): Taken | undefined {
  const parameter = S_PARAMETER.exec(rest);
  if (parameter !== null) {
    const [whole, number = '', action, value = ''] = parameter;
    const form = action === undefined ? 'execute' : action === '?' ? 'read' : 'set';
    return { call: { name: `S${Number(number)}`, form, text: value }, length: whole.length };
  }
  if (/^[Dd]/.test(rest)) {
    // A dial string takes the rest of the line, a closing semicolon included (ITU-T V.250, 6.3.1).
    return { call: { name: 'D', form: 'basic', text: rest.slice(1) }, length: rest.length };
  }
  const basic = BASIC.exec(rest);
  if (basic === null) return undefined;
  const [whole, name = '', value = ''] = basic;
  return { call: { name: name.toUpperCase(), form: 'basic', text: value }, length: whole.length };
}

function endOfExtended(rest: string): number {
  let quoted = false;
  for (let at = 0; at < rest.length; at += 1) {
    const character = rest.charAt(at);
    if (character === '"') quoted = !quoted;
    else if (character === ';' && !quoted) return at;
  }
  return rest.length;
}

function withoutSpaces(body: string): string {
  return body.replaceAll(/"[^"]*"?|\s+/g, (part) => (part.startsWith('"') ? part : ''));
}
