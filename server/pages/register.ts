import { type Api, Refusal } from './api.ts';
import { element, field, numberIn, section } from './element.ts';
import { language, wordsOf } from './words.ts';

const words = wordsOf(language());

/** Where a cashier names who pays next at a cash register: the register itself sends an amount and no customer. */
export function registerSection(api: Api, terminals: readonly [string, ...string[]]): HTMLElement {
  const terminal = element('select', {}, ...terminals.map((one) => element('option', {}, one)));
  const said = element('p', { class: 'hint', role: 'status' });
  const trouble = element('p', { class: 'error', role: 'alert' });
  const submit = element('button', {}, words.payNext);
  const number = field(words.payer, { type: 'text', autocomplete: 'off', placeholder: '+39…', required: '' });
  const form = element('form', {}, element('label', {}, words.terminal, terminal), number, said, trouble, submit);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    [said.textContent, trouble.textContent] = ['', ''];
    const input = number.querySelector('input');
    const customer = numberIn(input?.value ?? '');
    try {
      const until = new Date(await api.name(terminal.value, customer));
      said.textContent = words.ready
        .replace('{customer}', customer)
        .replace('{terminal}', terminal.value)
        .replace('{until}', until.toLocaleTimeString(language(), { timeStyle: 'medium' }));
      form.reset();
    } catch (error) {
      trouble.textContent = error instanceof Refusal ? error.message : words.noService;
    }
    submit.disabled = false;
  });
  return section(words.registerTitle, form);
}
