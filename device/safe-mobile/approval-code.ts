const BASE = 36;

/**
 * The approval code of a receipt as people read and compare it: up to 6 letters and digits, as card hosts write them (ISO 8583:1987,
 * field 38). Leading zeros are lost. @param code u32, not 0, which is none
 */
export function formatApprovalCode(code: number): string {
  return code.toString(BASE).toUpperCase();
}

/** The number of a code of 1 to 6 letters and digits; `undefined` for any other text. */
export function parseApprovalCode(text: string): number | undefined {
  return /^[0-9A-Za-z]{1,6}$/.test(text) ? Number.parseInt(text, BASE) : undefined;
}
