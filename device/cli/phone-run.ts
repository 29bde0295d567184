import type { Command } from 'commander';
import { heardPort } from '../../modem/cli/hearing.ts';
import { type Output, outputOf, UsageError } from '../../modem/cli/program.ts';
import { describeState, type Modem, openModem, portFromName, systemClock } from '../../modem/index.ts';
import type { Language } from '../firmware/languages.ts';
import { lockFlash } from '../hal/flash-lock.ts';
import { BUILT_IN, builtInMachines, createPhone, fileFlash, type Handset, type Installation } from '../index.ts';
import { traceText } from '../terminal/trace-text.ts';
import type { MachineName } from './cash-handset-program.ts';
import { installFrom, readDescriptor } from './descriptor-source.ts';
import { runHeadless } from './headless-session.ts';
import { HttpDownload } from './http-download.ts';
import { watchModem } from './modem-gauges.ts';

interface HandsetCommandOptions {
  readonly port: string;
  readonly flash: string;
  readonly install?: string;
  readonly loadFrom: readonly string[];
  readonly trust: readonly string[];
  readonly language?: Language;
  readonly machine: MachineName;
  readonly headless?: true;
  readonly keepGoing?: true;
  readonly silent?: true;
}

/** Runs the phone that the options of `cash-handset` describe, until it is switched off. */
export async function runPhone(program: Command): Promise<void> {
  const options = program.opts<HandsetCommandOptions>();
  const output = outputOf(program);
  if (options.headless !== true && (!process.stdout.isTTY || !process.stdin.isTTY)) {
    throw new UsageError('This is not a terminal: use --headless');
  }
  if (options.keepGoing === true && options.headless !== true) throw new UsageError('--keep-going is for --headless');
  const unlock = lockFlash(options.flash);
  try {
    await runOnModem(options, output);
  } finally {
    unlock();
  }
}

async function runOnModem(options: HandsetCommandOptions, output: Output): Promise<void> {
  const flash = fileFlash(options.flash);
  const jad = options.install === undefined ? undefined : await readDescriptor(options.install, systemClock);
  const pin = process.env['GSM_MODEM_PIN'];
  const { port, opened } = heardPort(portFromName(options.port), output.json);
  const modem = await opened(openModem(port, pin === undefined || pin === '' ? {} : { pin }));
  const gauges = await watchModem(modem, systemClock);
  try {
    const classes = options.machine === 'quickjs' ? await builtInMachines() : BUILT_IN;
    const handset: Handset = createPhone({
      radio: modem,
      download: new HttpDownload((host) => options.loadFrom.includes(host) || hasLoadedFrom(handset, host)),
      classes,
      trustedKeys: options.trust,
      flash,
      gauges,
      utcOffsetMinutes: (at) => -new Date(at).getTimezoneOffset(),
      ...(options.language === undefined ? {} : { language: options.language }),
    });
    if (jad !== undefined && options.install !== undefined) {
      sayDowngrade(installFrom(options.install, jad, handset), output);
    }
    try {
      await use(handset, modem, options, output);
    } finally {
      handset.powerOff();
    }
  } finally {
    // A pipe that nobody closes would keep the program alive after a command that failed.
    process.stdin.destroy();
    gauges.stop();
    await modem.close();
  }
}

/** Whether an application in the phone was loaded from a host: it may be updated from there. */
function hasLoadedFrom({ applications }: Handset, host: string): boolean {
  return applications.some(({ source }) => source !== undefined && URL.parse(source)?.hostname === host);
}

/** The phone is older than before the installation: its owner is told, who may have given the wrong descriptor. */
function sayDowngrade({ suite, replaced, isDowngrade }: Installation, output: Output): void {
  if (!isDowngrade || replaced === undefined) return;
  const { name, version } = suite.descriptor;
  const event = { kind: 'installed', name, version, replaced: replaced.descriptor.version, isDowngrade } as const;
  output.print({ event: event.kind, name, version, replaced: event.replaced, isDowngrade }, traceText(event));
}

async function use(handset: Handset, modem: Modem, options: HandsetCommandOptions, output: Output): Promise<void> {
  if (options.headless !== true) return runOnTerminal(handset, options);
  const keepGoing = options.keepGoing === true;
  const stop = tellStates(modem, options.port, output);
  await runHeadless({ handset, clock: systemClock, input: process.stdin, output, keepGoing }).finally(stop);
}

/** Prints each change of the modem's state, as `cash-server` does. @returns ends that */
function tellStates(modem: Modem, port: string, output: Output): () => void {
  return modem.onState((state) => {
    const detail = describeState(state);
    const since = new Date(systemClock.now()).toISOString();
    output.print({ event: 'modem', port, state: state.kind, detail, since }, `modem ${port} ${detail}`);
  });
}

async function runOnTerminal(handset: Handset, { port, silent }: HandsetCommandOptions): Promise<void> {
  process.env['NODE_ENV'] ??= 'production';
  const { showHandset } = await import('../terminal/show-handset.tsx');
  handset.powerOn();
  await showHandset(handset, `cash-handset on ${port}`, silent !== true);
}
