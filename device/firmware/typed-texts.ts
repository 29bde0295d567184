import { type DisplayableView, type DisplayEvent, encodeUtf } from '../midp/index.ts';
import { type EditableView, isEditable } from './layout.ts';
import { fieldOf } from './view-items.ts';

/** What the user has typed into a field, while the application shows the edition of the field that it was typed into. */
interface Typed {
  readonly edition: number;
  readonly text: string;
  /** Whether the application has heard of it. */
  readonly isTold: boolean;
}

/** What the user has typed into the fields of a view, by item. It is never changed: each change gives another one. */
export class TypedTexts {
  readonly #texts: ReadonlyMap<number, Typed>;

  constructor(texts: ReadonlyMap<number, Typed> = new Map()) {
    this.#texts = texts;
  }

  /** What of it still stands in a view: where the application has set a text, that of the user is gone. */
  of(view: DisplayableView): TypedTexts {
    return new TypedTexts(
      new Map([...this.#texts].filter(([item, { edition }]) => fieldOf(view, item)?.edition === edition)),
    );
  }

  with(item: number, { edition }: EditableView, text: string): TypedTexts {
    return new TypedTexts(new Map(this.#texts).set(item, { edition, text, isTold: false }));
  }

  /** The same after the application has heard of all. */
  told(): TypedTexts {
    return new TypedTexts(new Map(Array.from(this.#texts, ([item, typed]) => [item, { ...typed, isTold: true }])));
  }

  /** What the application of a view has not heard yet. */
  events(view: DisplayableView, decimalPoint: string): readonly DisplayEvent[] {
    return [...this.#texts].flatMap(([item, { text, isTold }]) => {
      const field = isTold ? undefined : fieldOf(view, item);
      return field === undefined ? [] : [eventOf(field, item, text, decimalPoint)];
    });
  }

  /** A view with what the user has typed in the place of what the application has written, as it is displayed. */
  written(view: DisplayableView, decimalPoint: string): DisplayableView {
    const write = <Field extends EditableView>(field: Field, item: number): Field => {
      const given = isDecimal(field) ? field.text.replace('.', decimalPoint) : field.text;
      return { ...field, text: this.#texts.get(item)?.text ?? given };
    };
    if (view.kind === 'text-box') return { ...view, field: write(view.field, 0) };
    if (view.kind !== 'form') return view;
    return { ...view, items: view.items.map((item, index) => (isEditable(item) ? write(item, index) : item)) };
  }
}

/** A decimal has a point for the application, whatever is displayed (JSR-118, `TextField.DECIMAL`). */
function eventOf(field: EditableView, item: number, text: string, decimalPoint: string): DisplayEvent {
  if (field.kind === 'date-field') return { kind: 'date', item, text };
  if (field.constraints.password === true) return { kind: 'password', item, octets: encodeUtf(text) };
  return { kind: 'text', item, text: isDecimal(field) ? text.replace(decimalPoint, '.') : text };
}

function isDecimal(field: EditableView): boolean {
  return field.kind === 'text-field' && field.constraints.input === 'DECIMAL';
}
