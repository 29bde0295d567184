import { UsageError } from '../../modem/cli/program.ts';
import { createPool, type Modem, openModem, type SmsBearer, textIn, valuesOf } from '../../modem/index.ts';
import type { ModemStanding, NamedModem } from '../modems.ts';
import { E164 } from '../people/person-fields.ts';
import { PIN_VARIABLE } from './environment.ts';

/** The open modems of a service, and the bearer made of them. */
export interface ServiceModems {
  readonly named: readonly (NamedModem & { readonly modem: Modem })[];
  /** The modem itself, or all of them as a pool. */
  readonly bearer: SmsBearer;
}

/** Opens the modem on each port; when one cannot be opened, none stays open. @throws PortError, ModemError */
export async function openServiceModems(ports: readonly [string, ...string[]]): Promise<ServiceModems> {
  const [first, ...others] = ports;
  const modem = await openServiceModem(first);
  const named = [{ port: first, modem }];
  try {
    for (const port of others) named.push({ port, modem: await openServiceModem(port) });
  } catch (error) {
    await Promise.all(named.map((opened) => opened.modem.close()));
    throw error;
  }
  return { named, bearer: others.length === 0 ? modem : createPool(named) };
}

function openServiceModem(port: string): Promise<Modem> {
  const pin = process.env[PIN_VARIABLE];
  return openModem(port, {
    ...(pin !== undefined && pin !== '' && { pin }),
    log: ({ kind, text }) => {
      if (kind !== 'state') process.stderr.write(`${port}: ${text}\n`);
    },
  });
}

/**
 * The number that a SIM tells (3GPP TS 27.007, 7.1, `+CNUM`), of the first modem whose SIM tells one.
 * @throws UsageError when none does
 */
export async function ownNumber({ named }: ServiceModems): Promise<string> {
  for (const { modem } of named) {
    const answer = await modem.run({ text: 'AT+CNUM', response: { prefix: '+CNUM:', many: true } });
    const lines = answer.kind === 'ok' ? answer.lines : [];
    const numbers = lines.map(({ text }) => textIn(valuesOf(text)[1]) ?? '');
    const number = numbers.find((candidate) => E164.test(candidate));
    if (number !== undefined) return number;
  }
  throw new UsageError('the SIM does not tell its number: give it with --number +39…');
}

/** The states that are printed: lost, locked, without a network, and ready again. */
const TOLD: readonly ModemStanding['state'][] = ['lost', 'locked', 'searching', 'ready'];

/** A change of state as a line for people; `undefined` for a step on the way. */
export function modemLine({ port, state, detail, since }: ModemStanding): string | undefined {
  return TOLD.includes(state) ? `${new Date(since).toISOString()} modem ${port} ${detail}` : undefined;
}
