import { Command } from 'commander';
import { numberIn, valuesOf } from '../at/values.ts';
import { systemClock } from '../clock.ts';
import type { Modem } from '../modem.ts';
import { describeState } from '../state.ts';
import { withConnection, withModem } from './connection.ts';
import { numberOption } from './options.ts';
import { type Output, outputOf } from './program.ts';

/** What a check found: how it is and, when that is not well, what to do. */
interface Finding {
  readonly found: string;
  readonly advice?: string;
}

interface DoctorOptions {
  readonly loopback?: string;
  readonly wait: number;
}

/** The weakest signal on which sending can be relied on, in dBm. */
const WEAK_DBM = -103;

/** `gsm-modem doctor`: one thing after the other that sending and receiving need, and what to do where one is missing. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('check all that sending and receiving need, and say what to do; exit code 1 when something is wrong')
    .option('--loopback <number>', "the SIM's own number: send an SMS to it, and wait for it to come")
    .option('--wait <seconds>', 'how long to wait for that SMS', numberOption(1, 3_600), 60);
  return withConnection(command).action(async () => {
    const { loopback, wait } = command.opts<DoctorOptions>();
    const output = outputOf(command);
    try {
      await withModem(command, async (modem) => {
        const { manufacturer = '', model = '', imei = 'unknown' } = modem.identity;
        tell(output, 'port, modem, SIM', { found: `${manufacturer} ${model}, IMEI ${imei}, SIM unlocked`.trim() });
        tell(output, 'registration', await checkRegistration(modem));
        tell(output, 'signal', await checkSignal(modem));
        tell(output, 'service centre', await checkServiceCentre(modem));
        tell(output, 'store', await checkStore(modem));
        if (loopback !== undefined) tell(output, 'loopback', await checkLoopback(modem, loopback, wait * 1_000));
      });
    } catch (error) {
      tell(output, 'port, modem, SIM', {
        found: 'not usable',
        advice: error instanceof Error ? error.message : String(error),
      });
    }
  });
}

function tell(output: Output, check: string, { found, advice }: Finding): void {
  const isWell = advice === undefined;
  if (!isWell) process.exitCode = 1;
  output.print(
    { event: 'check', check, ok: isWell, found, ...(!isWell && { advice }) },
    `${isWell ? 'ok   ' : 'wrong'} ${check}: ${found}${isWell ? '' : `. ${advice}`}`,
  );
}

/** Registers within this time, or not at all. */
const REGISTRATION_LIMIT_MS = 60_000;

async function checkRegistration(modem: Modem): Promise<Finding> {
  const isReady = await new Promise<boolean>((resolve) => {
    if (modem.state.kind === 'ready') return resolve(true);
    const cancel = systemClock.after(REGISTRATION_LIMIT_MS, () => resolve(false));
    modem.onState(({ kind }) => {
      if (kind !== 'ready') return;
      cancel();
      resolve(true);
    });
  });
  const found = describeState(modem.state);
  if (isReady) return { found };
  return { found, advice: 'Check the antenna, and whether the SIM is active and its operator has a network here' };
}

async function checkSignal(modem: Modem): Promise<Finding> {
  const { dBm } = await modem.signal();
  if (dBm === undefined) return { found: 'the modem does not say' };
  if (dBm > WEAK_DBM) return { found: `${dBm} dBm` };
  return { found: `${dBm} dBm, weak`, advice: 'Move the antenna' };
}

async function checkServiceCentre(modem: Modem): Promise<Finding> {
  const number = await modem.serviceCentre();
  if (number !== undefined) return { found: number };
  return { found: 'none', advice: 'Ask the operator for its number and store it with AT+CSCA="+..."' };
}

async function checkStore(modem: Modem): Promise<Finding> {
  const result = await modem.run({ text: 'AT+CPMS?', response: { prefix: '+CPMS:' } });
  const values = result.kind === 'ok' ? valuesOf(result.lines[0]?.text ?? '') : [];
  const [used, total] = [numberIn(values[1]), numberIn(values[2])];
  if (used === undefined || total === undefined) return { found: 'the modem does not say' };
  const found = `${used} of ${total} places used`;
  return used < total ? { found } : { found, advice: 'Empty it with gsm-modem receive: a full store receives nothing' };
}

async function checkLoopback(modem: Modem, number: string, waitMs: number): Promise<Finding> {
  const mark = `gsm-modem doctor ${systemClock.now()}`;
  const arrived = new Promise<boolean>((resolve) => {
    const cancel = systemClock.after(waitMs, () => resolve(false));
    modem.receive({
      async message({ content }) {
        if (content.kind !== 'text' || content.text !== mark) throw new Error('not the message that was waited for');
        cancel();
        resolve(true);
      },
      report() {},
    });
  });
  const start = systemClock.now();
  const outcome = await modem.send({ id: mark, destination: number, content: { kind: 'text', text: mark } });
  if (outcome.kind === 'failed')
    return { found: `not sent: ${outcome.reason}`, advice: 'Check credit and service centre' };
  if (await arrived)
    return { found: `an SMS to ${number} came back in ${((systemClock.now() - start) / 1_000).toFixed(1)} s` };
  return { found: `${outcome.kind}, but it did not come`, advice: `Is ${number} the number of this SIM?` };
}
