import { z } from 'zod';
import type { Output } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { type EcrDoor, openEcrDoor, type RegisterOfShop } from '../ecr/ecr-door.ts';
import type { Service } from '../service/service.ts';
import { messageOf, ServiceError } from '../vocabulary/errors.ts';
import type { Listen } from './exposure.ts';
import { HOST_AND_PORT, hostAndPort, readSettings } from './settings-file.ts';

/** Where cash registers connect, and which there are. */
export interface EcrFile {
  readonly listen: Listen;
  readonly registers: readonly RegisterOfShop[];
}

const Register: z.ZodType<RegisterOfShop> = z.strictObject({
  terminal: z.string().regex(/^(?!0{8})[0-9]{8}$/, 'expected 8 digits, not all of them 0'),
  merchant: z.int().positive(),
  customerInText: z.boolean().default(false),
});

const EcrFile = z.strictObject({
  listen: z.string().regex(HOST_AND_PORT, 'expected host:port').default('127.0.0.1:10000'),
  registers: z
    .array(Register)
    .min(1, 'expected one register or more')
    .refine((all) => new Set(all.map(({ terminal }) => terminal)).size === all.length, 'expected each terminal once'),
});

/** The cash registers that a file describes. @throws UsageError when it cannot be read or is wrong */
export function readEcrFile(file: string): EcrFile {
  const { listen, registers } = readSettings('--ecr', file, EcrFile);
  return { listen: hostAndPort(listen), registers };
}

/** Opens the door for the registers of a file. @throws Error when the port is taken, or a merchant or terminal is wrong */
export async function openRegisters(
  service: Service,
  { listen, registers }: EcrFile,
  output: Output,
): Promise<EcrDoor> {
  const terminals = registers.map(({ terminal }) => terminal);
  try {
    const door = await openEcrDoor(service, systemClock, registers, listen);
    const where = `${listen.host}:${door.port}`;
    output.print(
      { event: 'registers', host: listen.host, port: door.port, terminals },
      `Cash registers connect to ${where}: terminals ${terminals.join(', ')}`,
    );
    return door;
  } catch (error) {
    if (error instanceof ServiceError) throw new Error(`the cash registers of --ecr cannot be used: ${error.message}`);
    throw new Error(`cash registers cannot connect to ${listen.host}:${listen.port}: ${messageOf(error)}`);
  }
}
