import { Item } from './item.ts';
import type { DateFieldView, DateMode, DisplayEvent } from './view.ts';

/** What says how far local time is ahead of UTC, as `System` does. */
export interface TimeZone {
  timeZoneOffsetMillis(at: number): number;
}

const UTC: TimeZone = { timeZoneOffsetMillis: () => 0 };
const DAY_MS = 86_400_000;

/** A day, a time of day, or both, that the user writes (JSR-118, `javax.microedition.lcdui.DateField`). */
export class DateField extends Item {
  readonly #mode: DateMode;
  readonly #zone: TimeZone;
  /** Local time as if it were UTC, ms. */
  #local: number | undefined;
  #edition = 0;

  /** @param zone of what the user writes, as `context.system`. Default UTC */
  constructor(label: string, mode: DateMode, zone: TimeZone = UTC) {
    super(label);
    this.#mode = mode;
    this.#zone = zone;
  }

  getInputMode(): DateMode {
    return this.#mode;
  }

  /** ms since 1970, on a whole minute; a TIME is one of 1970-01-01, a DATE its first minute. `undefined` when nothing stands there. */
  getDate(): number | undefined {
    if (this.#local === undefined) return undefined;
    // The offset of the instant itself, which is an hour from the first guess when the clocks change in between.
    const guess = this.#local - this.#zone.timeZoneOffsetMillis(this.#local);
    return this.#local - this.#zone.timeZoneOffsetMillis(guess);
  }

  /** Sets the date, ms since 1970; `undefined` empties the field. */
  setDate(at: number | undefined): void {
    this.#local = at === undefined ? undefined : cut(at + this.#zone.timeZoneOffsetMillis(at), this.#mode);
    this.#edition += 1;
    this.changed();
  }

  override view(): DateFieldView {
    const text = this.#local === undefined ? EMPTY[this.#mode] : textOf(this.#local, this.#mode);
    return { kind: 'date-field', ...this.frame(), text, edition: this.#edition };
  }

  /** What is no date is not taken: the one before stands there again. */
  override event(event: DisplayEvent): void {
    if (event.kind !== 'date') {
      super.event(event);
      return;
    }
    const isEmpty = event.text === EMPTY[this.#mode];
    const local = isEmpty ? undefined : parse(event.text, this.#mode);
    if (isEmpty || local !== undefined) {
      this.#local = local;
      this.stateChanged();
    } else {
      this.#edition += 1;
      this.changed();
    }
  }
}

const EMPTY: Readonly<Record<DateMode, string>> = {
  DATE: '__.__.____',
  TIME: '__:__',
  DATE_TIME: '__.__.____ __:__',
};

function cut(local: number, mode: DateMode): number {
  const minutes = Math.floor(local / 60_000) * 60_000;
  const time = ((minutes % DAY_MS) + DAY_MS) % DAY_MS;
  if (mode === 'TIME') return time;
  return mode === 'DATE' ? minutes - time : minutes;
}

/** `27.11.2026 09:05` */
function textOf(local: number, mode: DateMode): string {
  const [day = '', time = ''] = new Date(local).toISOString().split('T');
  const date = day.split('-').reverse().join('.');
  if (mode === 'DATE') return date;
  return mode === 'TIME' ? time.slice(0, 5) : `${date} ${time.slice(0, 5)}`;
}

/** The local time of a text, or `undefined` when there is no such day or hour. */
function parse(text: string, mode: DateMode): number | undefined {
  const [date, time] = mode === 'TIME' ? ['01.01.1970', text] : text.split(' ');
  const [day, month, year] = (date ?? '').split('.');
  const local = Date.parse(`${year}-${month}-${day}T${time ?? '00:00'}:00Z`);
  return Number.isNaN(local) || textOf(local, mode) !== text ? undefined : local;
}
