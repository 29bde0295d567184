import type { MidletContext } from '../midp/index.ts';
import { hexOf } from '../safe-mobile/index.ts';
import { PaymentApplication } from './cash-mobile.ts';
import type { Texts } from './texts.ts';

/** The payment application as a suite, whose texts are resources of the JAR. */
export class CashMobile extends PaymentApplication {
  constructor(context: MidletContext) {
    super(context, (language): Texts => {
      const octets = context.getResource(`texts/${language}.json`);
      if (octets === undefined) throw new Error(`The JAR has no texts/${language}.json`);
      return JSON.parse(textOf(octets));
    });
  }
}

/** UTF-8 without a TextDecoder, which the phone's machine does not have. */
function textOf(octets: Uint8Array): string {
  return decodeURIComponent(hexOf(octets).replaceAll(/../g, '%$&'));
}
