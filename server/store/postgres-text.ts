/**
 * One statement of the service in the words of PostgreSQL: `?` and `?1` become `$1`, octets `x'0a'` become `'\x0a'::bytea`, and
 * rows are locked so that rows of other tables may still refer to them (`FOR NO KEY UPDATE`).
 */
export function postgresText(sql: string): string {
  let last = 0;
  return sql.replaceAll(/\bx'[^']*'|'[^']*'|\?(\d*)|\bFOR UPDATE\b/g, (found, place: string | undefined) => {
    if (found === 'FOR UPDATE') return 'FOR NO KEY UPDATE';
    if (found.startsWith('x')) return `'\\x${found.slice(2)}::bytea`;
    if (place === undefined) return found;
    last = place === '' ? last + 1 : Number(place);
    return `$${last}`;
  });
}
