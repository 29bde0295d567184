import { Command } from 'commander';
import { numberIn, valuesOf } from '../at/values.ts';
import { systemClock } from '../clock.ts';
import { ModemError, type ModemErrorCode } from '../error.ts';
import type { Modem } from '../modem.ts';
import { describeHolders, isPseudoTerminal, portHolders } from '../port/holder.ts';
import { PortError } from '../port/port.ts';
import { usbPorts } from '../port/usb.ts';
import { describeState } from '../state.ts';
import { withConnection, withModem } from './connection.ts';
import { numberOption } from './options.ts';
import { type Output, outputOf, UsageError } from './program.ts';
import { whenReady } from './when-ready.ts';

/** The result of a check: the state and, when something is wrong, what to do. */
interface Finding {
  readonly isWell: boolean;
  readonly found: string;
  readonly advice?: string;
}

interface DoctorOptions {
  readonly port: string;
  readonly loopback?: string | true;
  readonly wait: number;
}

/** The weakest signal on which sending can be relied on, in dBm. */
const WEAK_DBM = -103;

/** The steps of opening a modem, in order. */
const OPENING = ['port', 'modem', 'SIM', 'PIN'] as const;

/** The step that failed, by the error's code. */
const STOPS_AT: Readonly<Record<ModemErrorCode, (typeof OPENING)[number]>> = {
  'not-a-modem': 'modem',
  'other-modem': 'modem',
  unsuitable: 'modem',
  'not-open': 'modem',
  'no-sim': 'SIM',
  locked: 'PIN',
};

/** `gsm-modem doctor`: checks all that sending and receiving need, and says what to do where something is missing. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .option(
      '--loopback [number]',
      'send an SMS to the number of the SIM, and wait for it to come; without a number, to the one that the SIM says',
    )
    .option('--wait <seconds>', 'how long to wait for that SMS', numberOption(1, 3_600), 60);
  return withConnection(command).action(async () => {
    const { port, loopback, wait } = command.opts<DoctorOptions>();
    const output = outputOf(command);
    const holders = (await isPseudoTerminal(port)) ? [] : await portHolders(port);
    if (holders.length > 0) tell(output, 'other programs', wrong(describeHolders(holders)));
    try {
      await withModem(command, async (modem) => {
        const { manufacturer = '', model = '', imei = 'unknown' } = modem.identity;
        tell(output, 'port', well(`${port} opens`));
        tell(output, 'modem', well(`${manufacturer} ${model}, IMEI ${imei}`.trim()));
        tell(output, 'SIM', well(`IMSI ${(await modem.imsi()) ?? 'unknown'}`));
        tell(output, 'PIN', well('the SIM is not locked'));
        tell(output, 'registration', await checkRegistration(modem));
        tell(output, 'signal', await checkSignal(modem));
        tell(output, 'service centre', await checkServiceCentre(modem));
        tell(output, 'store', await checkStore(modem));
        for (const [check, finding] of await checkReception(modem)) tell(output, check, finding);
        if (loopback !== undefined) tell(output, 'loopback', await checkLoopback(modem, loopback, wait * 1_000));
      });
    } catch (error) {
      if (error instanceof UsageError || (error instanceof PortError && error.code === 'misnamed')) throw error;
      await tellOpening(output, error);
    }
  });
}

const well = (found: string): Finding => ({ isWell: true, found });
const wrong = (found: string, advice?: string): Finding => ({ isWell: false, found, ...(advice && { advice }) });

function tell(output: Output, check: string, { isWell, found, advice }: Finding): void {
  if (!isWell) process.exitCode = 1;
  output.print(
    { event: 'check', check, ok: isWell, found, ...(advice !== undefined && { advice }) },
    `${isWell ? 'ok   ' : 'wrong'} ${check}: ${[found, advice].filter(Boolean).join(found.endsWith('?') ? ' ' : '. ')}`,
  );
}

/** Prints the steps of opening that went well, then the one that failed and why. */
async function tellOpening(output: Output, error: unknown): Promise<void> {
  const step = error instanceof ModemError ? STOPS_AT[error.code] : error instanceof PortError ? 'port' : 'modem';
  for (const passed of OPENING.slice(0, OPENING.indexOf(step))) tell(output, passed, well('passed'));
  const isMissing = error instanceof PortError && error.code === 'missing';
  tell(
    output,
    step,
    wrong(error instanceof Error ? error.message : String(error), isMissing ? await others() : undefined),
  );
}

async function others(): Promise<string> {
  const paths = (await usbPorts().catch(() => [])).map(({ path }) => path);
  return paths.length === 0 ? 'No serial device is plugged in' : `These are there: ${paths.join(' ')}`;
}

async function checkRegistration(modem: Modem): Promise<Finding> {
  const isReady = await whenReady(modem);
  const found = describeState(modem.state);
  if (isReady) return well(found);
  return wrong(found, 'Check the antenna, and whether the SIM is active and its operator has a network here');
}

async function checkSignal(modem: Modem): Promise<Finding> {
  const { dBm } = await modem.signal();
  if (dBm === undefined) return well('the modem does not say');
  return dBm > WEAK_DBM ? well(`${dBm} dBm`) : wrong(`${dBm} dBm, weak`, 'Move the antenna');
}

async function checkServiceCentre(modem: Modem): Promise<Finding> {
  const number = await modem.serviceCentre();
  if (number !== undefined) return well(number);
  const answer = await modem.run({ text: 'AT+CSCA?', response: { prefix: '+CSCA:' } });
  if (answer.kind === 'error') return well(`the modem does not say: ${answer.error.message}`);
  return wrong('none', 'Ask the operator for its number and store it with AT+CSCA="+..."');
}

async function checkStore(modem: Modem): Promise<Finding> {
  const result = await modem.run({ text: 'AT+CPMS?', response: { prefix: '+CPMS:' } });
  const values = result.kind === 'ok' ? valuesOf(result.lines[0]?.text ?? '') : [];
  // Some modems answer `+CPMS?` without the names of the memories: only the numbers are read.
  const [used, total] = values.map(numberIn).filter((number) => number !== undefined);
  if (used === undefined || total === undefined) return well('the modem does not say');
  const found = `${used} of ${total} places used`;
  return used < total ? well(found) : wrong(found, 'Empty it with gsm-modem receive: a full store receives nothing');
}

/** Whether messages can be read, and how new ones and status reports will come. */
async function checkReception(modem: Modem): Promise<readonly (readonly [check: string, Finding])[]> {
  const { memories, messages, reports, shortcomings } = await modem.reception();
  const found = memories.map((one) => {
    if (one.kind === 'refused') return `${one.memory} cannot be listed (${one.reason})`;
    return `${one.memory} lists ${one.messages}${one.capacity === undefined ? '' : ` of ${one.capacity}`}`;
  });
  const isReadable = memories.some(({ kind }) => kind === 'listed');
  const advice = 'Nothing can be received: is the SIM ready, and does it have a place for SMS?';
  const arrival = { announced: 'announced (+CMTI)', direct: 'come at once (+CMT)', polled: 'looked for' } as const;
  const discharge = { announced: 'announced (+CDSI)', direct: 'come at once (+CDS)', none: 'none' } as const;
  const because = shortcomings.length === 0 ? '' : `. ${shortcomings.join('; ')}`;
  return [
    ['memories', isReadable ? well(found.join('; ')) : wrong(found.join('; '), advice)],
    ['indications', well(`messages: ${arrival[messages]}; status reports: ${discharge[reports]}${because}`)],
  ];
}

async function checkLoopback(modem: Modem, given: string | true, waitMs: number): Promise<Finding> {
  const number = given === true ? (await modem.ownNumbers())[0] : given;
  if (number === undefined) return wrong('the SIM does not say its number', 'Give it: --loopback +39…');
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
  if (outcome.kind === 'failed') return wrong(`not sent: ${outcome.reason}`, 'Check credit and service centre');
  if (await arrived) {
    return well(`an SMS to ${number} came back in ${((systemClock.now() - start) / 1_000).toFixed(1)} s`);
  }
  return wrong(`${outcome.kind}, but it did not come`, `Is ${number} the number of this SIM?`);
}
