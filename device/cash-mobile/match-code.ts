/** The code that the merchant's and the customer's screen both show, 0 to 9999: the last two octets of mref, modulo 10,000. */
export function matchCodeOf(mref: Uint8Array): number {
  return ((mref[6] ?? 0) * 256 + (mref[7] ?? 0)) % 10_000;
}
