import { timeText } from './columns.ts';
import type { Conversation, Step } from './conversation.ts';
import { oneLine } from './message-view.ts';

/** How mermaid draws an arrow: what it carries, and whether it breaks. */
const ARROWS = {
  message: ['->>', '-x'],
  report: ['-->>', '--x'],
  answer: ['-->>', '--x'],
  ussd: ['->>', '-x'],
} as const;

/** A conversation as a sequence diagram in Mermaid's language, as Markdown on many sites shows it. */
export function mermaidOf({ participants, steps, omitted }: Conversation): string {
  const ids = new Map(participants.map(({ name }, i) => [name, `p${i + 1}`]));
  const id = (name: string) => ids.get(name) ?? name;
  const lines = [
    ...participants.map(({ name }) => `participant ${id(name)} as ${escaped(name)}`),
    ...steps.map((step) => lineOf(step, id)),
    ...(omitted === undefined
      ? []
      : [
          `Note over ${[...new Set([ids.values().next().value, id(participants.at(-1)?.name ?? '')])].join(',')}: ${escaped(omitted)}`,
        ]),
  ];
  return ['sequenceDiagram', ...lines.map((line) => `    ${line}`), ''].join('\n');
}

function lineOf(step: Step, id: (name: string) => string): string {
  if (step.kind === 'note') return `Note over ${id(step.over)}: ${timeText(step.at)}<br/>${escaped(step.text)}`;
  const { from, to, carries, breaks, title, detail } = step;
  const words = [`${timeText(step.at)} ${title}`, detail].filter((word) => word !== '').map(escaped);
  return `${id(from)}${ARROWS[carries][breaks ? 1 : 0]}${id(to)}: ${words.join('<br/>')}`;
}

/** One line in which characters that mean something to Mermaid are its entities. */
function escaped(text: string): string {
  return oneLine(text).replaceAll(/[#;<>&%"`{}\\]/g, (character) => `#${character.codePointAt(0)};`);
}
