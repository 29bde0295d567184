/** Makes an element. Text goes in as text, never as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** A labelled input. */
export function field(label: string, attributes: Readonly<Record<string, string>>): HTMLLabelElement {
  return element('label', {}, label, element('input', attributes));
}

/** A section under a heading of its own. */
export function section(title: string, ...children: readonly (Node | string)[]): HTMLElement {
  return element('section', {}, element('h2', {}, title), ...children);
}

/** A button that does something when pressed, and waits until that is done before it can be pressed again. */
export function button(label: string, press: () => Promise<void> | void, quiet = false): HTMLButtonElement {
  const made = element('button', quiet ? { type: 'button', class: 'quiet' } : { type: 'button' }, label);
  made.addEventListener('click', async () => {
    made.disabled = true;
    try {
      await press();
    } finally {
      made.disabled = false;
    }
  });
  return made;
}

/** A phone number as somebody types it, without spaces and signs between its digits. */
export function numberIn(typed: string): string {
  return typed.replaceAll(/[\s().-]/g, '');
}
