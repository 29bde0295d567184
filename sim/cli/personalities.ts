import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { type Fact, facts, type Shown } from '../modem/facts/index.ts';
import { personalities } from '../modem/personalities.ts';

const MARGIN = ' '.repeat(4);

/** `gsm-sim personalities`: what is said of real modems, who says so, and how to see it here. */
export function personalitiesCommand(): Command {
  const command = new Command('personalities');
  return command.action(() => {
    const output = outputOf(command);
    for (const { id, description } of Object.values(personalities)) {
      const shown = factsShown((where) => 'personality' in where && where.personality === id);
      const source = [...new Set(shown.map((fact) => fact.source))].join('; ');
      output.print({ id, description, source, facts: shown.map(factJson) }, textOf(id, description, shown));
    }
    for (const fact of facts) {
      for (const where of fact.shown) {
        if ('personality' in where) continue;
        const { fault, how = '' } = where;
        const added = `gsm-sim fault add ${fault} ${how}`.trimEnd();
        output.print({ fault, how, ...factJson(fact) }, textOf(added, 'arranges that the modem …', [fact]));
      }
    }
  });
}

function factsShown(isHere: (where: Shown) => boolean): readonly Fact[] {
  return facts.filter(({ shown }) => shown.some(isHere));
}

function factJson({ id, says, source }: Fact): {
  readonly fact: string;
  readonly says: string;
  readonly source: string;
} {
  return { fact: id, says, source };
}

function textOf(name: string, description: string, shown: readonly Fact[]): string {
  return [`${name}: ${description}`, ...shown.map(({ says, source }) => `${MARGIN}- ${says} [${source}]`)].join('\n');
}
