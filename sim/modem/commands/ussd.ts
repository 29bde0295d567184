import { sleep } from '../../../modem/index.ts';
import type { UssdReply } from '../../network/ussd.ts';
import { fromHost, toHost } from '../charset.ts';
import { type Call, type Command, cme } from '../command.ts';
import { cmeError } from '../result.ts';
import type { VirtualModem } from '../virtual-modem.ts';

const CANCEL = 2;
/** `^USSDMODE`: 0 is text, 1 is a format of octets that only Huawei's own program uses. */
const TEXT_MODE = 0;
/** How long the network takes over a request, ms. */
const NETWORK_MS = 500;

/** `+CUSD=`: the answer comes after the `OK`, as an unsolicited code, whatever `<n>` is. */
async function request({ modem, args, respond }: Call): Promise<void> {
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
  const { beforeOk, copies, needsTextMode } = modem.personality.ussd;
  if (needsTextMode && modem.settings.ussdMode !== TEXT_MODE) throw cmeError('unknown');
  const said = reply(modem, text).then((code) => Array.from({ length: copies }, () => code));
  if (beforeOk) respond(...(await said));
  else void said.then((codes) => notifyOf(modem, codes));
}

function notifyOf(modem: VirtualModem, codes: readonly string[]): void {
  for (const code of codes) modem.notify(code);
}

/** Sends a code to the network's services, or a reply in an open session; resolves to the answer. */
export async function askNetwork(modem: VirtualModem, request: string): Promise<UssdReply> {
  modem.log.add({ kind: 'ussd', number: modem.number, by: 'phone', text: request });
  await sleep(modem.clock, NETWORK_MS);
  const reply = modem.ussd.request(request);
  modem.log.add({ kind: 'ussd', number: modem.number, by: 'network', text: reply.text });
  return reply;
}

/** The network's answer to a request, as a `+CUSD` line. */
async function reply(modem: VirtualModem, request: string): Promise<string> {
  const { m, text } = await askNetwork(modem, request);
  if (m === 4) return '+CUSD: 4';
  const { lineBreak, text: written, dcs } = modem.personality.ussd;
  const charset = written === 'ucs2-hex' ? 'UCS2' : modem.settings.charset;
  return `+CUSD: ${m},"${toHost(charset, text.replaceAll('\n', lineBreak))}",${dcs}`;
}

/** Unstructured supplementary services (3GPP TS 27.007, 7.15). */
export const ussdCommands: readonly Command[] = [
  cme('+CUSD', {
    needsSim: true,
    test: '(0-2)',
    read: ({ modem, respond }) => respond(`+CUSD: ${modem.settings.ussdReports}`),
    set: request,
  }),
  // Huawei.
  cme('^USSDMODE', {
    test: '(0,1)',
    read: ({ modem, respond }) => respond(`^USSDMODE: ${modem.settings.ussdMode}`),
    set: ({ modem, args }) => {
      modem.settings.ussdMode = args.number(0, [0, 1]);
    },
  }),
];
