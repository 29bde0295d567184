import { type MidletContext, utf8Text } from '../midp/index.ts';
import { PaymentApplication } from './cash-mobile.ts';
import type { Texts } from './texts.ts';

/** The payment application as a suite, whose texts are resources of the JAR. */
export class CashMobile extends PaymentApplication {
  constructor(context: MidletContext) {
    super(context, (language): Texts => {
      const octets = context.getResource(`texts/${language}.json`);
      if (octets === undefined) throw new Error(`The JAR has no texts/${language}.json`);
      return JSON.parse(utf8Text(octets));
    });
  }
}
