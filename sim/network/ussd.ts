/** The account of the subscriber who asks. */
export interface Account {
  readonly number: string;
  /** The prepaid balance in cents; each message lowers it, and no message is refused for it. */
  readonly balanceCents: number;
}

/** A page of a service behind a code such as `*100#`: what it says, and what an answer leads to. */
export interface UssdPage {
  readonly text: string | ((account: Account) => string);
  /** Absent: the session ends with this page. */
  readonly answers?: Readonly<Record<string, UssdPage>>;
}

/** What the network says to a request (3GPP TS 27.007, 7.15, `<m>`): 0 the end, 1 more is expected, 4 not supported. */
export interface UssdReply {
  readonly m: 0 | 1 | 4;
  readonly text: string;
}

const BALANCE: UssdPage = { text: ({ balanceCents }) => `Your balance is ${(balanceCents / 100).toFixed(2)} €` };
const WRONG_ANSWER: UssdPage = { text: 'Not understood. Goodbye.' };

/** The operator's services, by their codes. */
const operatorServices: Readonly<Record<string, UssdPage>> = {
  '*100#': BALANCE,
  '*123#': {
    text: 'Cash-Mobile Sim\n1 Balance\n2 Number\n0 End',
    answers: {
      '1': BALANCE,
      '2': { text: ({ number }) => `Your number is ${number}\n0 End`, answers: { '0': { text: 'Goodbye' } } },
      '0': { text: 'Goodbye' },
    },
  },
};

/** One phone's session with the services: at most one is open. */
export class UssdSession {
  readonly #account: () => Account;
  #page: UssdPage | undefined;

  constructor(account: () => Account) {
    this.#account = account;
  }

  /** A code, or the answer to the page that is open. */
  request(text: string): UssdReply {
    const open = this.#page?.answers;
    const page = open === undefined ? pageAt(operatorServices, text) : (pageAt(open, text) ?? WRONG_ANSWER);
    this.#page = page;
    if (page === undefined) return { m: 4, text: '' };
    const said = typeof page.text === 'string' ? page.text : page.text(this.#account());
    return { m: page.answers === undefined ? 0 : 1, text: said };
  }

  /** The user gave up (`+CUSD=2`). */
  cancel(): void {
    this.#page = undefined;
  }
}

/** The page of a code. Only own properties count: a phone may send the code `constructor`. */
function pageAt(pages: Readonly<Record<string, UssdPage>>, code: string): UssdPage | undefined {
  return Object.hasOwn(pages, code) ? pages[code] : undefined;
}
