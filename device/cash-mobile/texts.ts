import type { DeclineReason, NakCode, Refusal, Status } from '../safe-mobile/index.ts';
import type { WeakPin } from './pin.ts';

/** The languages of the application; the phone's language decides. */
export type Language = 'en' | 'it';

/**
 * All texts of the application in a language, as `texts/` has them: data alone, so that they can be a resource of the suite. `{}` stands
 * for what {@link filled} puts there. A language without one of them does not compile.
 */
export interface Texts {
  /** `.` or `,` */
  readonly decimalPoint: string;
  readonly ok: string;
  readonly back: string;
  readonly cancel: string;
  readonly close: string;
  readonly exit: string;
  readonly select: string;
  readonly details: string;
  readonly next: string;

  readonly activationTitle: string;
  readonly activationHint: string;
  readonly activationCode: string;
  readonly activationCodeMistyped: string;
  readonly choosePinTitle: string;
  readonly newPin: string;
  readonly newPinAgain: string;
  readonly pinLength: string;
  readonly pinsDiffer: string;
  readonly weakPin: Readonly<Record<WeakPin, string>>;
  readonly enrolling: string;
  readonly serviceWaits: string;
  readonly serviceSilent: string;
  readonly confirmPinTitle: string;
  readonly confirmPin: string;
  /** With the tries that are left. */
  readonly wrongCode: string;
  readonly enrolmentFailed: string;
  readonly active: string;
  readonly restart: string;

  readonly changePin: string;
  readonly presentPin: string;
  readonly pinPending: string;
  readonly pinChanged: string;
  readonly pinNotChanged: string;

  readonly payTitle: string;
  readonly payTo: string;
  readonly amount: string;
  readonly reference: string;
  readonly matchCode: string;
  readonly approve: string;
  readonly refuse: string;
  readonly confirmTitle: string;
  readonly loginTitle: string;
  readonly signTitle: string;
  readonly askedBy: string;
  readonly refuseTitle: string;
  readonly refuseNo: string;
  readonly refuseNotMe: string;
  readonly pin: string;
  readonly confirm: string;
  /** With the tries that are left. */
  readonly wrongPin: string;
  readonly expired: string;
  readonly authExpired: string;
  /** A label: at most 20 letters. */
  readonly digits: string;
  readonly digitsHint: string;
  readonly wrongDigits: string;
  readonly wrongDigitsAgain: string;
  /** With the relying party. */
  readonly loggedInAt: string;
  /** Above what the customer is busy with: at most 20 letters. */
  readonly oneMoreWaits: string;
  /** With the number of requests, at most 20 letters. */
  readonly moreWait: string;

  readonly sending: string;
  readonly waiting: string;
  readonly notSent: string;
  readonly sendAgain: string;
  readonly askAgain: string;
  readonly noReceipt: string;

  readonly status: Readonly<Record<Status, string>>;
  readonly refusal: Readonly<Record<Refusal, string>>;
  readonly decline: Readonly<Record<DeclineReason, string>>;
  readonly nak: Readonly<Record<NakCode, string>>;
  readonly statusLabel: string;
  readonly approvalCode: string;
  readonly time: string;
  readonly from: string;

  readonly requestPayment: string;
  readonly history: string;
  readonly noHistory: string;
  readonly customer: string;
  readonly customerAlias: string;
  readonly recent: string;
  readonly noRecent: string;
  readonly ask: string;
  readonly badNumber: string;
  readonly badAlias: string;
  /** With the currency. */
  readonly badAmount: string;
  readonly badReference: string;
  readonly cancelRequest: string;
  readonly cancelling: string;

  readonly balance: string;
  readonly balanceWaits: string;
  readonly available: string;
  readonly noMoney: string;
  readonly noAnswer: string;
  /** With the name of the attribute. */
  readonly descriptorWrong: string;
  /** The descriptor is not of the service that the phone's keys were made for; with the name of the attribute. */
  readonly otherService: string;
  readonly clockWrong: string;

  readonly lockedTitle: string;
  readonly locked: string;
  readonly askService: string;
  readonly askedService: string;
  readonly unlocked: string;
  readonly wiped: string;
}

/** Gives the texts in a language. */
export type TextSource = (language: Language) => Texts;

/** The language for a locale such as `it` or `it-IT`; English for a language the application does not speak. */
export function languageFor(locale: string | undefined): Language {
  return locale?.slice(0, 2) === 'it' ? 'it' : 'en';
}

/** A text with a value in the place of `{}`. */
export function filled(text: string, value: string | number): string {
  return text.replace('{}', () => String(value));
}

/** The character between the units and the decimals of an amount. */
export function decimalPointOf({ decimalPoint }: Texts): '.' | ',' {
  return decimalPoint === ',' ? ',' : '.';
}
