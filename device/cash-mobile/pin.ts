/** Digits of a PIN. */
export const PIN_LENGTH = { least: 5, most: 8 } as const;

/** Why a PIN is too easy: digits in a row, one digit, a group that repeats. */
export type WeakPin = 'sequence' | 'repeat' | 'pairs';

/** What is wrong with a new PIN, or `undefined` when it may be used. @param pin ASCII digits */
export function weaknessOf(pin: Uint8Array): WeakPin | undefined {
  if (pin.every((digit) => digit === pin[0])) return 'repeat';
  if (stepsBy(pin, 1) || stepsBy(pin, 9)) return 'sequence';
  if (repeatsGroup(pin) || isDoubled(pin)) return 'pairs';
  return undefined;
}

/** Whether each digit is the one before plus `step`, with 0 after 9. */
function stepsBy(pin: Uint8Array, step: number): boolean {
  return pin.every((digit, index) => index === 0 || (digit - (pin[index - 1] ?? 0) + 10) % 10 === step);
}

/** Whether a group of at most half the digits repeats, as in 121212, 12121 or 123123. */
function repeatsGroup(pin: Uint8Array): boolean {
  for (let length = 2; length <= pin.length / 2; length += 1) {
    if (pin.every((digit, index) => index < length || digit === pin[index - length])) return true;
  }
  return false;
}

/** Every digit twice, as 112233. */
function isDoubled(pin: Uint8Array): boolean {
  return pin.length % 2 === 0 && pin.every((digit, index) => index % 2 === 0 || digit === pin[index - 1]);
}

/** The ASCII digits that the user typed, which the caller wipes; `undefined` unless 5 to 8 digits: then they are wiped here. */
export function pinOctets(typed: Uint8Array): Uint8Array | undefined {
  const isPin = typed.length >= PIN_LENGTH.least && typed.length <= PIN_LENGTH.most && typed.every(isDigit);
  if (!isPin) typed.fill(0);
  return isPin ? typed : undefined;
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}
