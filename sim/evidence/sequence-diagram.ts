import { durationText } from '../vocabulary/durations.ts';
import { dayOf, timeText } from './columns.ts';
import type { Conversation, Participant, Step } from './conversation.ts';
import { box, drawing, type Ink, line, px, text, widthOf, wrapped } from './svg.ts';

/** Sizes, px. A lane is what a lifeline and the texts at it have. */
const LANE = 310;
const GUTTER = 112;
const MARGIN = 20;
const HEAD = 46;
const TOP = 74;
const TEXT = 11.5;
const SMALL = 10.5;
const LEADING = 14;
const NOTE = 22;
const ROW_GAP = 14;
const LINES_OF_DETAIL = 2;
/** A pause of this or more is said, ms. */
const PAUSE_MS = 10_000;
/** How far an arrow that breaks gets. */
const BREAK = 0.62;
/** Lifelines are named again at their lower end when the diagram is higher than this. */
const HIGH = 700;

/** A conversation as a sequence diagram in SVG, for light and dark backgrounds. Times are UTC. */
export function sequenceDiagram(conversation: Conversation): string {
  return new Sketch(conversation).finish();
}

class Sketch {
  readonly #conversation: Conversation;
  readonly #lanes: ReadonlyMap<string, number>;
  readonly #width: number;
  readonly #elements: string[] = [];
  readonly #lifelines: string[] = [];
  /** From where the lifeline of each participant is still to be drawn, and whether it is away. */
  readonly #drawnTo = new Map<string, { y: number; away: boolean }>();
  #y = TOP + HEAD + ROW_GAP;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    const { participants } = conversation;
    this.#lanes = new Map(participants.map(({ name }, i) => [name, GUTTER + (i + 0.5) * LANE]));
    this.#width = GUTTER + Math.max(1, participants.length) * LANE + MARGIN;
    for (const { name } of participants) this.#drawnTo.set(name, { y: TOP + HEAD, away: false });
  }

  finish(): string {
    const { participants, steps, omitted } = this.#conversation;
    let before: Step | undefined;
    for (const [i, step] of steps.entries()) {
      this.#timeOf(step, before);
      if (step.kind === 'arrow') this.#arrow(step);
      else this.#note(step, standsBeside(steps[i + 1], step));
      before = step;
    }
    if (steps.length === 0) this.#remark('Nothing happened.');
    if (omitted !== undefined) this.#remark(`… ${omitted}`);
    const bottom = this.#y;
    for (const { name } of participants) this.#lifelineTo(name, bottom);
    const feet = bottom > HIGH ? participants.map((who) => this.#head(who, bottom)) : [];
    const height = Math.ceil(bottom + (feet.length > 0 ? HEAD : 0) + MARGIN);
    const heads = participants.map((who) => this.#head(who, TOP));
    const title = titleOf(this.#conversation);
    return drawing(this.#width, height, title, [
      text(MARGIN, 32, title, { size: 16, ink: 'ink', bold: true }),
      text(MARGIN, 52, spanOf(steps), { size: 12, ink: 'muted' }),
      ...this.#lifelines,
      ...heads,
      ...feet,
      ...this.#elements,
    ]);
  }

  #timeOf(step: Step, before: Step | undefined): void {
    const day = dayText(step.at);
    const pause = before === undefined ? 0 : step.at - before.at;
    if (before !== undefined && dayText(before.at) !== day) this.#rule(day);
    else if (pause >= PAUSE_MS) this.#rule(`${durationText(pause)} later`);
    if (before?.at === step.at) return;
    const y = this.#y + (step.kind === 'arrow' ? 12 : 15);
    this.#elements.push(text(GUTTER - 12, y, timeText(step.at), { size: SMALL, ink: 'muted', anchor: 'end' }));
  }

  #rule(words: string): void {
    const y = this.#y + 4;
    this.#elements.push(
      line(GUTTER, y, this.#width - MARGIN, y, 'rule', 1, '1 5'),
      text(GUTTER - 12, y + 3.5, words, { size: SMALL, ink: 'muted', anchor: 'end' }),
    );
    this.#y += 24;
  }

  #arrow({ from, to, carries, breaks, title, detail }: Extract<Step, { kind: 'arrow' }>): void {
    const [x1, x2] = [this.#lane(from), this.#lane(to)];
    const ink: Ink = breaks ? 'trouble' : carries;
    const width = Math.abs(x2 - x1) - 28;
    const middle = (x1 + x2) / 2;
    const label = (words: string, size: number, of: Ink, bold: boolean) => {
      this.#elements.push(text(middle, this.#y + 12, words, { size, ink: of, anchor: 'middle', bold, seam: true }));
      this.#y += LEADING;
    };
    for (const words of wrapped(title, TEXT, width, 1)) label(words, TEXT, breaks ? 'trouble' : 'ink', true);
    for (const words of wrapped(detail, SMALL, width, LINES_OF_DETAIL)) label(words, SMALL, 'muted', false);
    this.#y += 6;
    this.#elements.push(...shaft(x1, x2, this.#y, ink, carries === 'answer' || carries === 'report', breaks));
    this.#y += ROW_GAP;
  }

  /** @param moreBeside the next note stands in the same row. */
  #note({ over, tone, text: words, away }: Note, moreBeside: boolean): void {
    const x = this.#lane(over);
    const [said = ''] = wrapped(words, SMALL, LANE - 40, 1);
    const width = widthOf(said, SMALL) + 20;
    const [fill, ink]: readonly [Ink, Ink] = tone === 'trouble' ? ['alarm', 'trouble'] : ['panel', 'rule'];
    if (away !== undefined) this.#lifelineTo(over, this.#y + NOTE / 2, away);
    this.#elements.push(
      box(x - width / 2, this.#y, width, NOTE, fill, ink, NOTE / 2),
      text(x, this.#y + 15, said, { size: SMALL, ink: tone === 'trouble' ? 'trouble' : 'ink', anchor: 'middle' }),
    );
    if (!moreBeside) this.#y += NOTE + ROW_GAP / 2;
  }

  #remark(words: string): void {
    this.#elements.push(
      text((GUTTER + this.#width - MARGIN) / 2, this.#y + 18, words, {
        size: 12,
        ink: 'muted',
        anchor: 'middle',
        seam: true,
      }),
    );
    this.#y += 36;
  }

  /** Draws a lifeline as far as `y`; from there on its owner is away or back. */
  #lifelineTo(name: string, y: number, away?: boolean): void {
    const drawn = this.#drawnTo.get(name);
    if (drawn === undefined) return;
    const x = this.#lane(name);
    this.#lifelines.push(line(x, drawn.y, x, y, 'rule', drawn.away ? 1 : 1.5, drawn.away ? '2 6' : undefined));
    drawn.y = y;
    drawn.away = away ?? drawn.away;
  }

  #head({ name, role }: Participant, y: number): string {
    const x = this.#lane(name);
    const width = Math.max(150, widthOf(name, 13) + 28);
    return [
      box(x - width / 2, y, width, HEAD, 'panel', 'rule', 8),
      text(x, y + 20, name, { size: 13, ink: 'ink', anchor: 'middle', bold: true }),
      text(x, y + 36, role, { size: SMALL, ink: 'muted', anchor: 'middle' }),
    ].join('');
  }

  #lane(name: string): number {
    return this.#lanes.get(name) ?? GUTTER;
  }
}

type Note = Extract<Step, { kind: 'note' }>;

/** Whether a step is a note of the same moment in another lane; the names in a row rise, so that none comes twice. */
function standsBeside(step: Step | undefined, { at, over }: Note): boolean {
  return step?.kind === 'note' && step.at === at && step.over > over;
}

/** The line of an arrow with its head, or with the cross where it breaks. */
function shaft(x1: number, x2: number, y: number, ink: Ink, dashed: boolean, breaks: boolean): readonly string[] {
  const dash = dashed ? '6 4' : undefined;
  const way = Math.sign(x2 - x1);
  if (!breaks) {
    const [tip, back] = [x2 - way, x2 - way * 10];
    return [
      line(x1, y, back, y, ink, 1.5, dash),
      `<path d="M${px(tip)} ${px(y)}L${px(back)} ${px(y - 4.5)}V${px(y + 4.5)}Z" class="fill-${ink}"/>`,
    ];
  }
  const end = x1 + (x2 - x1) * BREAK;
  return [
    line(x1, y, end - way * 7, y, ink, 1.5, dash),
    line(end - 4.5, y - 4.5, end + 4.5, y + 4.5, ink, 2),
    line(end - 4.5, y + 4.5, end + 4.5, y - 4.5, ink, 2),
  ];
}

function titleOf({ participants }: Conversation): string {
  const names = participants.filter(({ role }) => role === 'phone' || role === 'outside').map(({ name }) => name);
  if (names.length < 2) return `SMS of ${names[0] ?? 'nobody'}`;
  return names.length === 2 ? `SMS between ${names.join(' and ')}` : `SMS among ${names.length} participants`;
}

function spanOf(steps: readonly Step[]): string {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return '';
  const end = dayText(first.at) === dayText(last.at) ? '' : `${dayText(last.at)} `;
  return `${dayText(first.at)} ${timeText(first.at)} to ${end}${timeText(last.at)} UTC`;
}

function dayText(at: number): string {
  return dayOf({ at });
}
