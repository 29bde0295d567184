import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { runScenario } from '../scenario/run-scenario.ts';
import type { ScenarioResult } from '../scenario/scenario-run.ts';
import { type Scenario, scenarioJsonSchema } from '../scenario/schema.ts';
import { ask } from './control-client.ts';
import { keepLogIn } from './kept-log.ts';
import { controlUrl } from './options.ts';
import { openScenario, printResult } from './scenario-file.ts';

/** How long one request waits for a scenario that runs elsewhere, ms. */
const WAIT_MS = 60_000;

interface RunOptions {
  readonly seed?: string;
  readonly log?: string;
  readonly control?: string;
}

/** `gsm-sim scenario`: a network, what happens in it and what should come of it, from a file. */
export function scenarioCommand(): Command {
  return new Command('scenario').addCommand(runCommand()).addCommand(checkCommand()).addCommand(schemaCommand());
}

function runCommand(): Command {
  const command = new Command('run')
    .description('play scenarios; exit code 1 when something is not as expected. serve --scenario plays one with ttys')
    .argument('<file...>', 'scenarios in YAML or JSON')
    .option('--seed <seed>', 'another seed than the file has')
    .option('--log <file>', 'write every event there, in JSON lines: gsm-sim log, pcap and diagram read them')
    .option(
      '--control <url>',
      'play it in this running simulation, not in one of its own on a virtual clock',
      controlUrl,
    );
  return command.action(async (files: readonly string[]) => {
    const { seed, log, control } = command.opts<RunOptions>();
    if (log !== undefined && (files.length > 1 || control !== undefined)) {
      throw new UsageError('--log is for one file, without --control');
    }
    const output = outputOf(command);
    const scenarios = files.map((file) => openScenario(file).scenario);
    for (const read of scenarios) {
      const scenario = seed === undefined ? read : { ...read, seed };
      const result = await (control === undefined ? runHere(scenario, log) : runThere(scenario, control));
      printResult(output, result);
      if (!result.ok) process.exitCode = 1;
    }
  });
}

async function runHere(scenario: Scenario, file: string | undefined): Promise<ScenarioResult> {
  let endLog = () => {};
  try {
    return await runScenario(scenario, (log) => {
      if (file !== undefined) endLog = keepLogIn(file, log);
    });
  } finally {
    endLog();
  }
}

async function runThere(scenario: Scenario, control: string): Promise<ScenarioResult> {
  const { id }: { id: number } = JSON.parse(await ask(control, 'POST', '/scenarios', scenario));
  for (;;) {
    const path = `/scenarios/${id}?wait=${WAIT_MS}ms`;
    const answer: ScenarioResult & { over: boolean } = JSON.parse(await ask(control, 'GET', path, undefined, WAIT_MS));
    const { over, ...result } = answer;
    if (over) return result;
  }
}

function checkCommand(): Command {
  const command = new Command('check')
    .description('say what is wrong with scenario files, without playing them')
    .argument('<file...>', 'scenarios in YAML or JSON');
  return command.action((files: readonly string[]) => {
    const output = outputOf(command);
    for (const file of files) {
      const { name } = openScenario(file).scenario;
      output.print({ event: 'valid', file, name }, `${file} is a scenario: ${name}`);
    }
  });
}

function schemaCommand(): Command {
  const command = new Command('schema').description('print the JSON Schema of scenario files, for editors');
  return command.action(() => {
    process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  });
}
