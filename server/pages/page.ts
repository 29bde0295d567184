import { parseAmount, showAmount } from './amount.ts';
import { Api, type Health, type Merchant, type Payment, Refusal } from './api.ts';
import { button, element, field, numberIn, section } from './element.ts';
import { registerSection } from './register.ts';
import { language, reasonOf, wordsOf } from './words.ts';

const KEY = 'cash-mobile-api-key';
const words = wordsOf(language());
const main = element('main', { id: 'main' });
const current = element('div', { class: 'current', 'aria-live': 'polite' });
const list = element('div');
const notice = element('div', { class: 'error wide', role: 'status' });

/** The latest watch of the service's health; an earlier one ends by itself. */
let watching: symbol | undefined;

/** Begins: with the key of the address's fragment, or of this tab, or by asking for one. */
function start(): void {
  document.documentElement.lang = language();
  document.title = words.title;
  document.getElementById('main')?.replaceWith(main);
  takeKey();
  const key = sessionStorage.getItem(KEY);
  if (key === null) askForKey('');
  else if (isKey(key)) void enter(new Api(key));
  else forgetKey(words.keyWrong);
}

/** Takes the key out of the address, where others would read it. @returns whether there was one */
function takeKey(): boolean {
  const given = new URLSearchParams(location.hash.slice(1)).get('key');
  if (given === null) return false;
  sessionStorage.setItem(KEY, given.trim());
  history.replaceState(null, '', location.pathname);
  return true;
}

/** Whether a header can carry it: another text is no key of this service. */
function isKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

function askForKey(trouble: string): void {
  const form = element(
    'form',
    {},
    field(words.key, { name: 'key', type: 'password', autocomplete: 'off', required: '' }),
    element('p', { class: 'hint' }, words.keyHint),
    element('p', { class: 'error', role: 'alert' }, trouble),
    element('button', {}, words.keySave),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, typed(form, 'key').trim());
    location.reload();
  });
  watching = undefined;
  main.replaceChildren(element('h1', {}, words.title), section(words.keyTitle, form));
}

function forgetKey(trouble: string): void {
  sessionStorage.removeItem(KEY);
  askForKey(trouble);
}

/** Of the merchant who was here nothing stays: what still waits for an answer ends with the page. */
function leave(): void {
  sessionStorage.removeItem(KEY);
  location.reload();
}

async function enter(api: Api): Promise<void> {
  try {
    const merchant = await api.merchant();
    const payments = await api.payments();
    main.replaceChildren(
      element('h1', {}, merchant.name),
      notice,
      section(words.askTitle, askForm(api, merchant)),
      ...registersOf(api, merchant),
      section(words.currentTitle, current),
      element('section', { class: 'wide' }, element('h2', {}, words.listTitle), list),
      button(words.keyForget, leave, true),
    );
    showList(payments);
    void watchHealth(api);
    const open = payments.find((payment) => !payment.settled);
    if (open !== undefined) await follow(api, open);
  } catch (error) {
    if (error instanceof Refusal && error.unauthorized) forgetKey(words.keyWrong);
    else
      main.replaceChildren(
        element('h1', {}, words.title),
        offline(() => enter(api)),
      );
  }
}

function registersOf(api: Api, { registers }: Merchant): readonly HTMLElement[] {
  const [first, ...others] = registers;
  return first === undefined ? [] : [registerSection(api, [first, ...others])];
}

/** Shows at the top of the page that no SMS can be sent, or nothing be written, as long as that is so. Ends when the service does not answer. */
async function watchHealth(api: Api): Promise<void> {
  const watch = Symbol('watch');
  watching = watch;
  try {
    for (let health: Health = await api.health(); watching === watch; health = await api.healthAfter(health)) {
      const cannotWrite = health === 'no-database' || health === 'no-room';
      notice.textContent = health === 'no-modem' ? words.noModem : cannotWrite ? words.cannotWrite : '';
    }
  } catch {
    if (watching === watch) notice.replaceChildren(offline(() => watchHealth(api)));
  }
}

function askForm(api: Api, merchant: Merchant): HTMLFormElement {
  const trouble = element('p', { class: 'error', role: 'alert' });
  const submit = element('button', {}, words.ask);
  const form = element(
    'form',
    {},
    field(words.customer, { name: 'customer', type: 'text', autocomplete: 'off', placeholder: '+39…', required: '' }),
    field(words.amount.replace('{currency}', merchant.currency), {
      name: 'amount',
      inputmode: 'decimal',
      autocomplete: 'off',
      required: '',
    }),
    field(words.reference, { name: 'reference', autocomplete: 'off', maxlength: '53' }),
    trouble,
    submit,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const payment = await ask(api, merchant, form, trouble);
    submit.disabled = false;
    if (payment !== undefined) await follow(api, payment);
  });
  return form;
}

async function ask(
  api: Api,
  merchant: Merchant,
  form: HTMLFormElement,
  trouble: HTMLElement,
): Promise<Payment | undefined> {
  const minor = parseAmount(typed(form, 'amount'), merchant.currency);
  trouble.textContent = minor === undefined ? words.badAmount : '';
  if (minor === undefined) return undefined;
  try {
    const customer = numberIn(typed(form, 'customer'));
    return await api.ask(customer, minor, merchant.currency, typed(form, 'reference').trim());
  } catch (error) {
    trouble.textContent = error instanceof Refusal ? error.message : words.noService;
    return undefined;
  }
}

/** Shows a payment until it is settled, or until another one takes its place. */
async function follow(api: Api, payment: Payment): Promise<void> {
  let now = payment;
  show(api, now);
  try {
    while (!now.settled) {
      showList(await api.payments());
      now = await api.settled(now.txn);
      if (current.dataset['txn'] !== now.txn) return;
      show(api, now);
    }
    showList(await api.payments());
  } catch (error) {
    if (error instanceof Refusal && error.unauthorized) forgetKey(words.keyWrong);
    else current.replaceChildren(offline(() => follow(api, now)));
  }
}

function show(api: Api, payment: Payment): void {
  const tone = payment.state === 'CAPTURED' ? 'good' : payment.settled ? 'bad' : 'waiting';
  current.dataset['txn'] = payment.txn;
  current.replaceChildren(
    element('p', { class: 'hint' }, words.code),
    element('p', { class: 'code' }, payment.matchCode),
    element('p', { class: 'state', 'data-tone': tone }, `${amountOf(payment)} · ${stateOf(payment)}`),
  );
  if (payment.state !== 'REQUESTED') return;
  const trouble = element('p', { class: 'error', role: 'alert' });
  const cancel = async () => {
    try {
      show(api, await api.cancel(payment.txn));
    } catch (error) {
      if (!(error instanceof Refusal)) trouble.textContent = words.noService;
      else trouble.textContent = error.conflict ? words.tooLate : error.message;
    }
  };
  current.append(button(words.cancel, cancel, true), trouble);
}

function showList(payments: readonly Payment[]): void {
  const head = [words.time, words.customer, words.amount.replace(' ({currency})', ''), words.state];
  const rows = payments.map((payment) =>
    element(
      'tr',
      {},
      element('td', {}, timeOf(payment)),
      element('td', {}, payment.customer),
      element('td', { class: 'amount' }, amountOf(payment)),
      element('td', {}, stateOf(payment)),
    ),
  );
  const heading = element('tr', {}, ...head.map((title) => element('th', { scope: 'col' }, title)));
  const table = element('table', {}, element('thead', {}, heading), element('tbody', {}, ...rows));
  list.replaceChildren(rows.length === 0 ? element('p', { class: 'hint' }, words.none) : table);
}

function offline(again: () => Promise<void>): HTMLElement {
  return element(
    'div',
    {},
    element('p', { class: 'error', role: 'alert' }, words.noService),
    button(words.retry, again),
  );
}

/** The state in words, with its reason where there is one, or with what has paid. */
function stateOf(payment: Payment): string {
  const { state, reason } = payment;
  if (state === 'CAPTURED' || state === 'REFUNDING' || state === 'REFUNDED')
    return `${words[state]}, ${paidBy(payment)}`;
  const why = state === 'DECLINED' || state === 'REFUSED' ? reasonOf(reason, language()) : undefined;
  return why === undefined ? words[state] : `${words[state]}: ${why}`;
}

/** `card •••• 4242` */
function paidBy({ rail, lastDigits }: Payment): string {
  return lastDigits === undefined ? words[rail] : `${words[rail]} •••• ${lastDigits}`;
}

function timeOf({ createdAt }: Payment): string {
  return new Date(createdAt).toLocaleTimeString(language(), { timeStyle: 'short' });
}

function amountOf({ amount }: Payment): string {
  return showAmount(amount.minor, amount.currency, language());
}

function typed(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}

// The browser does not load the page again for a link that differs by its fragment only.
addEventListener('hashchange', () => {
  if (takeKey()) location.reload();
});
start();
