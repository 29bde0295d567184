import { type Indicator, legible } from '../hal/index.ts';
import type { InstallTexts } from './install-texts.ts';
import type { ShellTexts } from './languages.ts';
import type { Signer, Trust } from './signer.ts';
import type { Suite } from './suites.ts';

/**
 * Whose screen it is. The mark stands before the name, which the application has chosen: a name that looks like a mark, or like the name
 * of another application, comes after the words that say what it is.
 * @param suite whose application shows the screen; absent: the phone itself
 */
export function indicatorOf(suite: Suite | undefined, { phone, marks }: ShellTexts): Indicator {
  if (suite === undefined) return { kind: 'phone', text: phone };
  const { trust, descriptor } = suite;
  return { kind: trust, text: `${marks[trust]} ${plain(descriptor.name)}` };
}

/** A name that begins with marks over a letter would have them over the mark of the phone. */
function plain(name: string): string {
  return legible(name).replace(/^[\p{Mn}\p{Me}]+/u, '');
}

/** Hexadecimal digits of a key that a person compares. */
const KEY_DIGITS = 16;

/** Who has signed a suite, as the owner reads it before it is installed and among its details. */
export function trustText(signer: Signer, trust: Trust, texts: InstallTexts): string {
  if (signer.kind === 'nobody') return texts.unsigned;
  if (signer.kind === 'phone') return texts.builtIn;
  return trust === 'trusted' ? texts.trusted : texts.signed.replace('{}', signer.id.slice(0, KEY_DIGITS));
}
