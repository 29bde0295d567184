/**
 * How a person confirms (RFC 8176): two factors, the PIN, and a key in software which only this phone and this PIN make together. Not `sms`, which is a
 * code that comes by SMS and is typed elsewhere.
 */
export const AMR: readonly string[] = ['pin', 'swk', 'mfa'];
