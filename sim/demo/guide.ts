import type { Screen } from '../../device/index.ts';
import { CUSTOMER, MERCHANT } from './cast.ts';

/** What the newcomer at the keyboard should know now: what happens, and which key comes next. */
export interface Guidance {
  readonly happens: string;
  readonly next: string;
}

/** What the guide looks at. */
export interface Situation {
  /** The phone that gets the keys. */
  readonly active: 'merchant' | 'customer';
  readonly merchant: Screen;
  readonly customer: Screen;
  /** Whether a payment is asked for and not settled. */
  readonly isAsked: boolean;
}

/** Says what to press, from what the phones show. */
export function guidance({ active, merchant, customer, isAsked }: Situation): Guidance {
  if (active === 'merchant') return merchantGuidance(merchant);
  return customerGuidance(customer, isAsked);
}

function customerGuidance(screen: Screen, isAsked: boolean): Guidance {
  if (screen.softKeys.left === 'Approve') {
    return {
      happens: `An encrypted SMS woke ${CUSTOMER.name}'s phone. Payee and amount are what will be signed.`,
      next: 'Press [ to approve, or ] to refuse.',
    };
  }
  if (screen.input?.numeric === true) {
    return {
      happens: `Only ${CUSTOMER.name} knows the PIN, which brings back the signing key. It stays here.`,
      next: `Type ${CUSTOMER.name}'s PIN, ${CUSTOMER.pin}, then press [ to confirm.`,
    };
  }
  if (screen.title === 'Paid') {
    return {
      happens: 'The money has moved; both sides have a receipt signed by the service.',
      next: 'Press [ and you are done. p lays the phone down, r starts another payment.',
    };
  }
  if (screen.kind === 'idle' && isAsked) {
    return {
      happens: `${CUSTOMER.name} is asked for money already; an SMS is on its way, or was lost.`,
      next: 'Wait: after 20 s a lost SMS is sent again. r: the till asks once more.',
    };
  }
  if (screen.kind === 'idle') {
    return {
      happens: `${CUSTOMER.name}'s phone is asleep in a pocket. ${MERCHANT.payee} is waiting for money.`,
      next: 'Press r: the till asks for EUR 12.50. Or use the page below, or Tab.',
    };
  }
  return softKeys(screen);
}

function merchantGuidance(screen: Screen): Guidance {
  if (screen.kind === 'idle') {
    return {
      happens: `${MERCHANT.name} sells newspapers at ${MERCHANT.payee} and can ask for money with this phone.`,
      next: 'Press [ Menu, then Applications, Cash-Mobile, Request payment: arrows, Enter.',
    };
  }
  if (screen.title === 'Request payment' && screen.kind === 'form') {
    return {
      happens:
        screen.input?.numeric === false
          ? 'What is paid for: letters write here; the commands r, x and q need Ctrl.'
          : `The customer is ${CUSTOMER.number}. Digits as they are, * is the decimal point.`,
      next: 'Arrows move between the fields; then [ Options, Send. Tab: the customer.',
    };
  }
  return softKeys(screen);
}

function softKeys({ softKeys: { left, right } }: Screen): Guidance {
  const keys = [left === '' ? '' : `[ ${left}`, right === '' ? '' : `] ${right}`].filter((key) => key !== '');
  return {
    happens: 'The phones talk to the service in encrypted SMS only: see them in the middle.',
    next: keys.length === 0 ? 'Wait a moment.' : `Keys: ${keys.join('   ')}   arrows and Enter   Tab other phone`,
  };
}
