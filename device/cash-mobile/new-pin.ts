import { type InputConstraints, TextField } from '../midp/index.ts';
import { sameOctets } from '../safe-mobile/index.ts';
import type { AppContext } from './app-context.ts';
import { PIN_LENGTH, pinOctets, weaknessOf } from './pin.ts';

/** How a PIN is typed: digits, shown as dots. */
export const PIN_CONSTRAINTS: InputConstraints = { input: 'NUMERIC', password: true };

/**
 * Shows a field for a PIN.
 * @param typed gets the digits, which it wipes; `undefined` unless 5 to 8 were typed
 */
export function askPin(
  { texts, screens }: AppContext,
  title: string,
  label: string,
  typed: (digits: Uint8Array | undefined) => void,
  back: () => void,
): void {
  const field = new TextField(label, '', PIN_LENGTH.most, PIN_CONSTRAINTS);
  const next = () => {
    const digits = pinOctets(field.getChars());
    field.setString('');
    typed(digits);
  };
  screens.form(
    title,
    [field],
    [
      { label: texts.next, type: 'OK', does: next },
      { label: texts.back, type: 'BACK', does: back },
    ],
  );
}

/**
 * Lets the owner choose a PIN, which is typed twice. One that is easy to guess is refused.
 * @param chosen gets the digits, which it wipes
 * @param left the owner has gone back
 */
export function choosePin(app: AppContext, chosen: (pin: Uint8Array) => void, left: () => void): void {
  const { texts, screens } = app;
  const again = () => choosePin(app, chosen, left);
  const retry = (text: string) => screens.alert(texts.choosePinTitle, text, 'WARNING', again);
  const typed = (digits: Uint8Array | undefined) => {
    const weakness = digits === undefined ? undefined : weaknessOf(digits);
    if (digits === undefined) retry(texts.pinLength);
    else if (weakness === undefined) repeatPin(app, digits, chosen, again);
    else wipe(digits, () => retry(texts.weakPin[weakness]));
  };
  askPin(app, texts.choosePinTitle, texts.newPin, typed, left);
}

function repeatPin(app: AppContext, first: Uint8Array, chosen: (pin: Uint8Array) => void, again: () => void): void {
  const { texts, screens } = app;
  const back = () => wipe(first, again);
  const typed = (digits: Uint8Array | undefined) => {
    const same = digits !== undefined && sameOctets(digits, first);
    digits?.fill(0);
    if (same) chosen(first);
    else screens.alert(texts.choosePinTitle, texts.pinsDiffer, 'WARNING', back);
  };
  askPin(app, texts.choosePinTitle, texts.newPinAgain, typed, back);
}

/** Wipes what the owner has typed, and goes on. */
export function wipe(secret: Uint8Array, then: () => void): void {
  secret.fill(0);
  then();
}
