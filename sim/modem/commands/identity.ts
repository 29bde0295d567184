import { toHost } from '../charset.ts';
import { type Command, cme, type Handler } from '../command.ts';

const manufacturer: Handler = ({ modem, respond }) => respond(modem.personality.manufacturer);
const model: Handler = ({ modem, respond }) => respond(modem.personality.model);
const revision: Handler = ({ modem, respond }) => respond(modem.personality.revision);
const imei: Handler = ({ modem, respond }) => respond(modem.imei);

/** Identity of the modem and of the subscriber (ITU-T V.250, 6.1.3 to 6.1.7; 3GPP TS 27.007, 5.1 to 5.4, 5.6 and 7.1). */
export const identityCommands: readonly Command[] = [
  cme('I', {
    basic: ({ modem: { personality, imei: serial }, respond }) =>
      respond(personality.manufacturer, personality.model, personality.revision, `IMEI: ${serial}`),
  }),
  cme('+CGMI', { execute: manufacturer, test: '' }),
  cme('+GMI', { execute: manufacturer, test: '' }),
  cme('+CGMM', { execute: model, test: '' }),
  cme('+GMM', { execute: model, test: '' }),
  cme('+CGMR', { execute: revision, test: '' }),
  cme('+GMR', { execute: revision, test: '' }),
  cme('+CGSN', {
    test: '(0,1)',
    execute: imei,
    set: ({ modem, args, respond }) => respond(args.number(0, [0, 1]) === 1 ? `+CGSN: "${modem.imei}"` : modem.imei),
  }),
  cme('+GSN', { execute: imei, test: '' }),
  cme('+GCAP', { execute: ({ respond }) => respond('+GCAP: +CGSM'), test: '' }),
  cme('+CIMI', { needsSim: true, execute: ({ modem, respond }) => respond(modem.sim.imsi), test: '' }),
  cme('+CCID', { execute: ({ modem, respond }) => respond(`+CCID: "${modem.sim.iccid}"`), test: '' }),
  cme('+CNUM', {
    needsSim: true,
    execute: ({ modem, respond }) => {
      const { number } = modem.sim;
      const shown = modem.personality.strings.numbers ? toHost(modem.settings.charset, number) : number;
      respond(`+CNUM: "","${shown}",${number.startsWith('+') ? 145 : 129}`);
    },
    test: '',
  }),
];
