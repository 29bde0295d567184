/** Both digits of an octet, the low half first, as 0 to 99; -1 where a half is not a decimal digit. */
const DECIMALS: Int8Array = Int8Array.from({ length: 256 }, (_, octet) => {
  const tens = octet & 0x0f;
  const units = octet >> 4;
  return tens < 10 && units < 10 ? tens * 10 + units : -1;
});

/** The number 0 to 99 in a semi-octet pair (3GPP TS 23.040, 9.1.2.3), or -1 when it is not decimal. */
export function decimalOf(octet: number): number {
  return DECIMALS[octet] ?? -1;
}

/** The semi-octet pair that says a number from 0 to 99. */
export function semiOctets(value: number): number {
  return ((value % 10) << 4) | Math.trunc(value / 10);
}
