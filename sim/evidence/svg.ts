import { oneLine } from './message-view.ts';
import { placesOf } from './wide.ts';

/** A colour on light and on dark background. */
type Colour = readonly [light: string, dark: string];

/** The colours of every drawing, by what they mean. */
export type Ink =
  | 'paper'
  | 'ink'
  | 'muted'
  | 'rule'
  | 'panel'
  | 'message'
  | 'report'
  | 'answer'
  | 'ussd'
  | 'trouble'
  | 'alarm';

/** In a drawing `fill-NAME` and `stroke-NAME` are classes. */
const COLOURS: Readonly<Record<Ink, Colour>> = {
  paper: ['#ffffff', '#0d1117'],
  ink: ['#1f2328', '#e6edf3'],
  muted: ['#59636e', '#9198a1'],
  rule: ['#d1d9e0', '#3d444d'],
  panel: ['#f6f8fa', '#161b22'],
  message: ['#0969da', '#58a6ff'],
  report: ['#1a7f37', '#3fb950'],
  answer: ['#8250df', '#bc8cff'],
  ussd: ['#9a6700', '#d29922'],
  trouble: ['#cf222e', '#ff7b72'],
  alarm: ['#fff1f0', '#2d1517'],
};

const FONT = "ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif";

/** What a character takes of the font size, on average in the wider ones of the common fonts. */
const CHARACTER = 0.57;

/** How a text is set. */
export interface TextStyle {
  readonly size: number;
  readonly ink: Ink;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
  /** Drawn on a seam of paper, where lines run behind it. */
  readonly seam?: boolean;
}

/** A whole drawing: its size in px, a title for who cannot see it, and its elements. Colours follow the reader's scheme. */
export function drawing(width: number, height: number, title: string, elements: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${FONT}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${styleSheet()}</style>`,
    `<rect width="${width}" height="${height}" class="fill-paper"/>`,
    ...elements,
    '</svg>',
    '',
  ].join('\n');
}

/** A text at a place; `y` is its base line. */
export function text(x: number, y: number, words: string, { size, ink, anchor, bold, seam }: TextStyle): string {
  const attributes = [
    `x="${px(x)}" y="${px(y)}" font-size="${size}" class="fill-${ink}${seam === true ? ' seam' : ''}"`,
    anchor === undefined ? '' : ` text-anchor="${anchor}"`,
    bold === true ? ' font-weight="600"' : '',
  ];
  return `<text ${attributes.join('')}>${escapeXml(words)}</text>`;
}

/** A line from one place to another. `dash` as SVG has it. */
export function line(x1: number, y1: number, x2: number, y2: number, ink: Ink, width = 1, dash?: string): string {
  const dashed = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" class="stroke-${ink}" stroke-width="${width}"${dashed}/>`;
}

/** A box with round corners. */
export function box(x: number, y: number, width: number, height: number, fill: Ink, stroke: Ink, radius = 6): string {
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="${radius}" class="fill-${fill} stroke-${stroke}"/>`;
}

/** A number of px with one decimal at most. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** About how wide a text is in the wider ones of the common fonts, px. */
export function widthOf(words: string, size: number): number {
  return [...words].reduce((sum, character) => sum + placesOf(character), 0) * CHARACTER * size;
}

/** The text in lines of about `width` px at most, broken between words where that goes; what does not fit in them ends with `…`. */
export function wrapped(words: string, size: number, width: number, lines: number): readonly string[] {
  const result: string[] = [];
  let rest = words.trim();
  while (rest !== '' && result.length < lines) {
    const fitting = fittingPart(rest, size, width);
    const last = result.length === lines - 1 && fitting.length < rest.length;
    result.push(last ? `${fittingPart(rest, size, width - size).trimEnd()}…` : fitting.trimEnd());
    rest = rest.slice(fitting.length).trimStart();
  }
  return result;
}

function fittingPart(words: string, size: number, width: number): string {
  if (widthOf(words, size) <= width) return words;
  let end = 0;
  let taken = 0;
  for (const character of words) {
    taken += widthOf(character, size);
    if (taken > width) break;
    end += character.length;
  }
  const space = words.lastIndexOf(' ', end);
  return words.slice(0, Math.max(1, space > end / 2 ? space : end));
}

/** XML has no place for control characters, not even escaped ones (XML 1.0, 2.2). */
function escapeXml(words: string): string {
  return oneLine(words).replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

function styleSheet(): string {
  const dark = Object.entries(COLOURS).map(([name, [, colour]]) => rulesOf(name, colour));
  const light = Object.entries(COLOURS).map(([name, [colour]]) => rulesOf(name, colour));
  return `${light.join('')}@media(prefers-color-scheme:dark){${dark.join('')}}`;
}

function rulesOf(name: string, colour: string): string {
  const seam =
    name === 'paper' ? `.seam{stroke:${colour};stroke-width:4px;stroke-linejoin:round;paint-order:stroke}` : '';
  return `.fill-${name}{fill:${colour}}.stroke-${name}{stroke:${colour}}${seam}`;
}
