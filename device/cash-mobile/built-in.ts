import type { MidletContext } from '../midp/index.ts';
import type { Primitives } from '../safe-mobile/index.ts';
import { PaymentApplication } from './cash-mobile.ts';
import english from './texts/en.json' with { type: 'json' };
import italian from './texts/it.json' with { type: 'json' };
import type { TextSource, Texts } from './texts.ts';

const TEXTS: Readonly<Record<'en' | 'it', Texts>> = { en: english, it: italian };

/** The texts of the application where it is built into a phone. */
export const builtInTexts: TextSource = (language) => TEXTS[language];

/** The payment application as a part of the phone. */
export class CashMobile extends PaymentApplication {
  /** @param primitives default: those of the application as phones download it */
  constructor(context: MidletContext, primitives?: Primitives) {
    super(context, builtInTexts, primitives);
  }
}
