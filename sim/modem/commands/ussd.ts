import { sleep } from '../../../modem/index.ts';
import { fromHost, toHost } from '../charset.ts';
import { type Call, type Command, cme } from '../command.ts';
import { cmeError } from '../result.ts';

/** `<dcs>` of a text in the default alphabet, language unspecified (3GPP TS 23.038, 5). */
const DEFAULT_ALPHABET = 15;
const CANCEL = 2;
/** How long the network takes over a request, ms. */
const NETWORK_MS = 500;

/** `+CUSD=`: the answer comes after the `OK`, as an unsolicited code, whether or not `<n>` asks to be told. */
function request({ modem, args }: Call): void {
  args.atMost(3);
  const n = args.number(0, [0, 2], 0);
  if (n === CANCEL) {
    modem.ussd.cancel();
    return;
  }
  modem.settings.ussdReports = n;
  if (!args.has(1)) return;
  if (!modem.radio.registered) throw cmeError('noNetworkService');
  const text = fromHost(modem.settings.charset, args.string(1));
  if (text === undefined) throw cmeError('incorrectParameters');
  void answer(modem, text);
}

async function answer(modem: Call['modem'], text: string): Promise<void> {
  modem.log.add({ kind: 'ussd', number: modem.number, by: 'phone', text });
  await sleep(modem.clock, NETWORK_MS);
  const { m, text: said } = modem.ussd.request(text);
  modem.log.add({ kind: 'ussd', number: modem.number, by: 'network', text: said });
  modem.notify(m === 4 ? '+CUSD: 4' : `+CUSD: ${m},"${toHost(modem.settings.charset, said)}",${DEFAULT_ALPHABET}`);
}

/** Unstructured supplementary services (3GPP TS 27.007, 7.15). */
export const ussdCommands: readonly Command[] = [
  cme('+CUSD', {
    needsSim: true,
    test: '(0-2)',
    read: ({ modem, respond }) => respond(`+CUSD: ${modem.settings.ussdReports}`),
    set: request,
  }),
];
