import { heardPort } from '../../modem/cli/hearing.ts';
import { UsageError } from '../../modem/cli/program.ts';
import {
  type Clock,
  createPool,
  type Modem,
  openModem,
  PortError,
  portFromName,
  type SmsBearer,
  steadyClock,
  textIn,
  valuesOf,
} from '../../modem/index.ts';
import type { ModemStanding, NamedModem } from '../service/modems.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { E164 } from '../vocabulary/person-fields.ts';
import { AbsentModem } from './absent-modem.ts';
import { PIN_VARIABLE } from './environment.ts';

/** The modems of a service, and the bearer made of them. */
export interface ServiceModems {
  readonly named: readonly NamedModem[];
  /** Those that could be opened. */
  readonly opened: readonly Modem[];
  /** The modem itself, or all of them as a pool. */
  readonly bearer: SmsBearer;
}

/**
 * Opens the modem on each port, side by side. When some cannot be opened, the service goes on with the others, and these are
 * tried again.
 * @throws PortError, ModemError when none can be opened, or a name is no name of a port
 */
export async function openServiceModems(
  ports: readonly [string, ...string[]],
  open: (port: string) => Promise<Modem> = openServiceModem,
  clock: Clock = steadyClock,
): Promise<ServiceModems> {
  const results = await Promise.allSettled(ports.map((port) => open(port)));
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const faults = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
  if (opened.length === 0 || faults.some(isMisnamed)) {
    await Promise.all(opened.map((modem) => modem.close()));
    throw faults.find(isMisnamed) ?? faults[0];
  }
  const members = results.map((result, index) => {
    const port = ports[index] ?? '';
    if (result.status === 'fulfilled') return { port, modem: result.value };
    const reason = messageOf(result.reason);
    const fault = reason.startsWith(port) ? reason : `${port}: ${reason}`;
    process.stderr.write(`${fault} (the service goes on with the other modems, and tries this one again)\n`);
    return { port, modem: new AbsentModem(clock, () => open(port), reason) };
  });
  const [first, ...others] = members;
  return {
    named: members,
    opened,
    bearer: first !== undefined && others.length === 0 ? first.modem : createPool(members),
  };
}

function isMisnamed(error: unknown): boolean {
  return error instanceof PortError && error.code === 'misnamed';
}

async function openServiceModem(port: string): Promise<Modem> {
  const pin = process.env[PIN_VARIABLE];
  const tell = (text: string) => process.stderr.write(`${port}: ${text}\n`);
  const heard = heardPort(portFromName(port), false);
  const opening = openModem(heard.port, {
    ...(pin !== undefined && pin !== '' && { pin }),
    log: ({ kind, text }) => {
      if (kind !== 'state') tell(text);
    },
  });
  return heard.opened(opening);
}

/**
 * The number that a SIM tells (3GPP TS 27.007, 7.1, `+CNUM`), of the first modem whose SIM tells one.
 * @throws UsageError when none does
 */
export async function ownNumber(opened: readonly Modem[]): Promise<string> {
  for (const modem of opened) {
    const answer = await modem.run({ text: 'AT+CNUM', response: { prefix: '+CNUM:', many: true } });
    const lines = answer.kind === 'ok' ? answer.lines : [];
    const numbers = lines.map(({ text }) => textIn(valuesOf(text)[1]) ?? '');
    const number = numbers.find((candidate) => E164.test(candidate));
    if (number !== undefined) return number;
  }
  throw new UsageError('the SIM does not tell its number: give it with --number +39…');
}

/** The states that are printed: lost, locked, without a network, and ready again. */
const TOLD: readonly ModemStanding['state'][] = ['lost', 'absent', 'locked', 'searching', 'ready'];

/** A change of state as a line for people; `undefined` for a step on the way. */
export function modemLine({ port, state, detail, since }: ModemStanding): string | undefined {
  return TOLD.includes(state) ? `${new Date(since).toISOString()} modem ${port} ${detail}` : undefined;
}
