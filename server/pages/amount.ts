/** Decimals of a currency's minor unit. */
function decimals(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** Whole minor units of what somebody typed, with a point or a comma; `undefined` when it is not an amount above zero. */
export function parseAmount(typed: string, currency: string): number | undefined {
  const [, units, fraction = ''] = /^([0-9]{1,9})(?:[.,]([0-9]+))?$/.exec(typed.trim()) ?? [];
  if (units === undefined || fraction.length > decimals(currency)) return undefined;
  const minor = Number(units + fraction.padEnd(decimals(currency), '0'));
  return minor > 0 ? minor : undefined;
}

/** An amount as people of this language write it. */
export function showAmount(minor: number, currency: string, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  return format.format(minor / 10 ** decimals(currency));
}
