import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KEPT } from '../../../server/upkeep/retention.ts';

/** The root of the repository. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Files whose statements belong to one of the databases, or run once over everything: the tables, migrations, moves, backups, `ledger check`. */
const OTHERS: readonly string[] = [
  'server/store/*{migrations,tables,copy,copy-rows,filling,schema,snapshot,news}.ts',
  'server/store/{connection,postgres-*,sqlite-*}.ts',
  'server/ledger/invariants.ts',
];

/** A statement in the code; what is put in when it runs is between the pieces. */
interface SqlOfCode {
  /** Its file and line. */
  readonly place: string;
  readonly pieces: readonly string[];
}

const LITERAL =
  /(?:const (\w+) =\s*)?(['"`])((?:\s*\$\{[A-Z_]+\})?\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|WHERE|JOIN)\s(?:(?!\2)[\s\S])*)\2/g;
const CONSTANT = /const ([A-Z_]+)(?:: string)? =\s*(['"`])((?:(?!\2)[\s\S])*)\2;/g;
const STATEMENT = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\s/;
const PUT_IN = /\$\{(?:[^{}]|\{[^{}]*\})*\}/;

/** Statements with parts that {@link everyStatement} finds neither in the code nor in a life of the service. */
const PUT_TOGETHER: readonly string[] = [
  'UPDATE account SET debits_pending = debits_pending - ? WHERE owner = ? AND currency = ?',
  "UPDATE challenge SET due = ?3 WHERE ?1 = 'challenge' AND ref = ?2 AND due IS NOT NULL",
  `SELECT sealing_kid AS kid, count(*) AS n FROM device WHERE state IN ('active', 'blocked') GROUP BY sealing_kid ORDER BY sealing_kid`,
  'SELECT *, id AS place_key FROM device WHERE id > ? ORDER BY id LIMIT 100',
  ...KEPT.flatMap((kept) => kept.with ?? []),
];

/**
 * All statements of the service.
 * @param executed those of a life of the service. @returns these and those of the code; `untried` are those of the code that are put
 * together when they run, and neither ran nor are in {@link PUT_TOGETHER}
 */
export function everyStatement(executed: ReadonlySet<string>): { texts: Set<string>; untried: string[] } {
  const texts = new Set([...executed, ...PUT_TOGETHER]);
  const untried: string[] = [];
  for (const { place, pieces } of sqlOfCode()) {
    const [whole = ''] = pieces;
    const form = new RegExp(`^${pieces.map((piece) => escaped(piece)).join('[^]*')}$`);
    if (pieces.length === 1) texts.add(whole);
    else if (![...texts].some((text) => form.test(text))) untried.push(`${place} ${pieces.join('…')}`);
  }
  return { texts, untried };
}

/** A pattern of this text. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function sqlOfCode(): readonly SqlOfCode[] {
  const files = globSync('server/**/*.ts', { cwd: ROOT, exclude: [...OTHERS] }).toSorted();
  const codes = files.map((file) => [file, readFileSync(`${ROOT}/${file}`, 'utf8')] as const);
  const constants = codes.flatMap(([, code]) => [...constantsOf(code)]);
  return codes.flatMap(([file, code]) => statementsOf(file, code, new Map([...constants, ...constantsOf(code)])));
}

function constantsOf(code: string): ReadonlyMap<string, string> {
  return new Map([...code.matchAll(CONSTANT)].map(([, name = '', , text = '']) => [name, text]));
}

/** @param constants of texts, which are put in */
function statementsOf(file: string, code: string, constants: ReadonlyMap<string, string>): readonly SqlOfCode[] {
  const whole = (text: string): string =>
    text.replaceAll(/\$\{([A-Z_]+)\}/g, (found, name) => {
      const constant = constants.get(name);
      return constant === undefined ? found : whole(constant);
    });
  return [...code.matchAll(LITERAL)].flatMap(({ index, 1: name = '', 3: literal = '' }) => {
    const text = whole(literal);
    const isPart = name !== '' && code.includes(`\${${name}}`);
    if (isPart || !STATEMENT.test(text)) return [];
    const line = code.slice(0, index).split('\n').length;
    return [{ place: `${file}:${line}`, pieces: text.split(PUT_IN) }];
  });
}
