/**
 * The code of a payment that a merchant's phone starts, 0 to 9999, on the merchant's and the customer's screen: the last two
 * octets of mref, modulo 10,000. So the merchant's phone knows it without another SMS.
 */
export function matchCodeOf(mref: Uint8Array): number {
  return ((mref[6] ?? 0) * 256 + (mref[7] ?? 0)) % 10_000;
}
