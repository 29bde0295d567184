import type { Portrait } from './portrait.ts';
import { COUNTERS, LIVE, SETTINGS } from './questions.ts';
import { type Secrets, withoutSecrets } from './secrets.ts';

/** Answers by what was asked. */
export type Answers = Readonly<Record<string, readonly string[]>>;

/** Sorts the answers into kept ones (without secrets), live ones and missing ones. */
export function sorted(
  all: Answers,
  unknown: string,
  secrets: Secrets,
): Pick<Portrait, 'answers' | 'found' | 'live' | 'missing'> {
  const answers: Record<string, string[]> = {};
  const found: Record<string, string[]> = {};
  const live: string[] = [];
  const missing: string[] = [];
  for (const [form, lines] of Object.entries(all)) {
    const isOk = lines.at(-1) === 'OK';
    if (lines.length === 1 && lines[0] === unknown && unknown !== '') missing.push(form);
    else if (SETTINGS.includes(form) && isOk) found[form] = kept(form, lines, secrets);
    else if (LIVE.includes(form) && isOk && !TEMPLATES.has(form)) live.push(form);
    else answers[form] = kept(form, lines, secrets);
  }
  return { answers, found, live, missing };
}

/** Answers whose values are live and whose form differs by model: kept with names in place of the values. */
const TEMPLATES: ReadonlyMap<string, (line: string) => string> = new Map([
  ['+CPIN?', (line) => line.replace(/READY|SIM PIN2|SIM PUK2/, '{state}')],
  ['+CREG?', registration],
  ['+CGREG?', registration],
]);

/** `+CREG: 002,001,"18d8","ffff"` → `+CREG: 00{n},00{stat}`. */
function registration(line: string): string {
  return line.replace(/^(\+\w+: ?)(0*)\d,(\s*0*)\d.*$/, '$1$2{n},$3{stat}');
}

function kept(form: string, lines: readonly string[], secrets: Secrets): string[] {
  const counted = COUNTERS[form];
  return lines.map((line, place) => {
    const template = TEMPLATES.get(form);
    if (template !== undefined) return template(line);
    if (form === '+CMGD=?') return line.replace(/^(\+CMGD: ?)\([\d,-]*\)/, '$1({places})');
    const named = counted === undefined || place > 0 ? line : withNames(line, counted);
    return withoutSecrets(named, secrets);
  });
}

/** A line with names in place of the values at these positions. */
function withNames(line: string, names: Readonly<Record<number, string>>): string {
  const [, before = '', values = ''] = /^([^:]+: ?)(.*)$/.exec(line) ?? [];
  if (values === '') return line;
  const named = values.split(',').map((value, i) => (names[i] === undefined ? value : `{${names[i]}}`));
  return `${before}${named.join(',')}`;
}

/** Manufacturer and model as the name of a file. */
export function nameOf(answers: Answers): string {
  const said = ['+CGMI', '+CGMM'].map((form) => ((answers[form]?.length ?? 0) > 1 ? answers[form]?.[0] : ''));
  const name = said
    .map((line) => line?.replace(/^\+CGM[IM]:/i, ''))
    .join(' ')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return (
    name
      .replaceAll(/^-+|-+$/g, '')
      .replaceAll(/-{2,}/g, '-')
      .slice(0, 60)
      .replace(/-$/, '') || 'modem'
  );
}
