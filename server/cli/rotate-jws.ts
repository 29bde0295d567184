import { Command } from 'commander';
import { z } from 'zod';
import { outputOf } from '../../modem/cli/program.ts';
import { askService, withServer } from './admin-api.ts';

const JwsKeyAnswer = z.looseObject({ kid: z.string(), beginsAt: z.string().optional() });

/** `cash-server keys rotate-jws` */
export function rotateJwsCommand(): Command {
  return withServer(new Command('rotate-jws'))
    .description('make another key for what relying parties get signed; what was signed before stays good')
    .action(async (_options: object, command: Command) => {
      const request = { method: 'POST', path: '/v1/jws-keys' } as const;
      const key = await askService(command, request, JwsKeyAnswer);
      const begins = key.beginsAt === undefined ? 'from now on' : `from ${key.beginsAt} on`;
      outputOf(command).print(
        { event: 'jws-key', ...key },
        `The key ${key.kid} signs ${begins}; all public keys: /.well-known/jwks.json`,
      );
    });
}
