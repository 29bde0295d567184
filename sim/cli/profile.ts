import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { latencyProfiles } from '../network/profiles.ts';
import { ask } from './control-client.ts';
import { controlOf, withControl } from './options.ts';
import { oneOf } from './values.ts';

/** `gsm-sim profile`: how long messages take, and how many are lost. */
export function profileCommand(): Command {
  const ids = Object.keys(latencyProfiles);
  const command = new Command('profile').argument('[id]', ids.join(', '), oneOf(ids));
  return withControl(command).action(async (id: string | undefined) => {
    if (id !== undefined) await ask(controlOf(command), 'PUT', '/profile', { id });
    const profiles: readonly { id: string; description: string; source: string; current: boolean }[] = JSON.parse(
      await ask(controlOf(command), 'GET', '/profiles'),
    );
    const output = outputOf(command);
    for (const profile of profiles) {
      const { current, description, source } = profile;
      output.print(profile, `${current ? '*' : ' '} ${profile.id.padEnd(8)} ${description} [${source}]`);
    }
  });
}
