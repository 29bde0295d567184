import { numberFromHost, toHost } from '../charset.ts';
import { type Call, type Command, cms } from '../command.ts';
import { cmsError } from '../result.ts';
import type { StoreName } from '../settings.ts';

/** The stores for each value of `+CPMS`: to read and delete, to write and send, to receive. `SR` is for status reports. */
const STORE_NAMES: readonly (readonly StoreName[])[] = [
  ['SM', 'ME', 'MT', 'SR'],
  ['SM', 'ME', 'MT'],
  ['SM', 'ME', 'MT'],
];
const STORE_LISTS = STORE_NAMES.map((names) => `(${names.map((name) => `"${name}"`).join(',')})`).join(',');
const PHASE_2 = 0;
const PHASE_2_PLUS = 1;

function storeName(args: Call['args'], index: number, otherwise: StoreName): StoreName {
  if (!args.has(index)) return otherwise;
  const name = STORE_NAMES[index]?.find((known) => known === args.string(index).toUpperCase());
  if (name === undefined) throw cmsError('operationNotAllowed');
  return name;
}

/** `+CPMS=`: 1 to 3 stores; those not named stay as they are. */
function selectStores({ modem, args, respond }: Call): void {
  args.atMost(3);
  const { selectsThree, selectionAnswer } = modem.personality.stores;
  const least = selectsThree ? 3 : 1;
  if (args.count < least) throw cmsError('operationNotAllowed');
  const [read, write, received] = modem.settings.stores;
  const chosen = [storeName(args, 0, read), storeName(args, 1, write), storeName(args, 2, received)] as const;
  modem.settings.stores = chosen;
  if (selectionAnswer === 'ok') return;
  const counts = chosen.map((name) => `${modem.incoming.counted(name)},${modem.store(name).capacity}`);
  respond(`+CPMS: ${counts.join(',')}`);
}

function showStores({ modem, respond }: Call): void {
  const shown = modem.settings.stores.map((name) => {
    return `"${name}",${modem.incoming.counted(name)},${modem.store(name).capacity}`;
  });
  respond(`+CPMS: ${shown.join(',')}`);
}

/** `+CNMI=`: values not given stay as they are. */
function setIndications({ modem, args }: Call): void {
  args.atMost(5);
  const { refusedIndications, indicationsNeedService } = modem.personality.arrivals;
  if (indicationsNeedService && modem.settings.messageService === PHASE_2) throw cmsError('operationNotAllowed');
  const before = modem.settings.indications;
  const indications = {
    mode: args.number(0, [0, 3], before.mode),
    mt: args.number(1, [0, 3], before.mt),
    bm: args.number(2, [0, 3], before.bm),
    ds: args.number(3, [0, 2], before.ds),
    bfr: args.number(4, [0, 1], before.bfr),
  };
  const { mode, mt, bm, ds, bfr } = indications;
  if (refusedIndications?.test([mode, mt, bm, ds, bfr].join(',')) === true) throw cmsError('operationNotSupported');
  modem.settings.indications = indications;
  modem.incoming.indicationsChanged();
}

/** `+CSMP=`: TP-VP is an octet, or a time in quotes when the first octet says so. */
function setTextParameters({ modem, args }: Call): void {
  args.atMost(4);
  const before = modem.settings.textParameters;
  if (modem.personality.sending.parametersClearServiceCentre) modem.sim.smsc = { number: '', type: 129 };
  const fo = args.number(0, [0, 255], before.fo);
  const wantsTime = (fo & 0x18) === 0x18 || (fo & 0x18) === 0x08;
  modem.settings.textParameters = {
    fo,
    vp: wantsTime ? args.string(1, String(before.vp)) : args.number(1, [0, 255], Number(before.vp) || 0),
    pid: args.number(2, [0, 255], before.pid),
    dcs: args.number(3, [0, 255], before.dcs),
  };
}

/** `+CSAS`: keeps `+CSMP` and `+CSCB`, of which `+CSCA` stands on the SIM anyway (3GPP TS 27.005, 3.3.5). */
function saveSettings({ modem, args }: Call): void {
  args.number(0, [0, 0], 0);
  const { textParameters, broadcasts } = modem.settings;
  modem.savedSettings = { textParameters, broadcasts };
}

/** `+CRES` (3GPP TS 27.005, 3.3.6). */
function restoreSettings({ modem, args }: Call): void {
  args.number(0, [0, 0], 0);
  Object.assign(modem.settings, modem.savedSettings);
}

/** Settings for messages: service, stores, service centre, text mode, indications (3GPP TS 27.005, 3.2, 3.3 and 3.4). */
export const smsSettingCommands: readonly Command[] = [
  cms('+CMGF', {
    test: '(0,1)',
    read: ({ modem, respond }) => respond(`+CMGF: ${modem.settings.messageFormat === 'pdu' ? 0 : 1}`),
    set: ({ modem, args }) => {
      modem.settings.messageFormat = args.number(0, [0, 1], 0) === 0 ? 'pdu' : 'text';
    },
  }),
  cms('+CSCA', {
    needsSim: true,
    test: '',
    read: ({ modem: { sim, settings, personality }, respond }) => {
      const { number, type } = sim.smsc;
      respond(`+CSCA: "${personality.strings.serviceCentre ? toHost(settings.charset, number) : number}",${type}`);
    },
    set: ({ modem, args }) => {
      const number = numberFromHost(modem.settings.charset, args.string(0));
      if (number === undefined || !/^\+?[0-9*#]{0,20}$/.test(number)) throw cmsError('invalidTextParameter');
      const type = args.number(1, [128, 255], number.startsWith('+') ? 145 : 129);
      modem.sim.smsc = { number: type === 145 && !number.startsWith('+') ? `+${number}` : number, type };
    },
  }),
  cms('+CSMP', {
    test: '',
    read: ({ modem, respond }) => {
      const { fo, vp, pid, dcs } = modem.settings.textParameters;
      respond(`+CSMP: ${fo},${typeof vp === 'number' ? vp : `"${vp}"`},${pid},${dcs}`);
    },
    set: setTextParameters,
  }),
  cms('+CSDH', {
    test: '(0,1)',
    read: ({ modem, respond }) => respond(`+CSDH: ${modem.settings.textHeaders ? 1 : 0}`),
    set: ({ modem, args }) => {
      modem.settings.textHeaders = args.number(0, [0, 1], 0) === 1;
    },
  }),
  cms('+CSMS', {
    test: '(0,1)',
    read: ({ modem, respond }) => respond(`+CSMS: ${modem.settings.messageService},1,1,1`),
    set: ({ modem, args, respond }) => {
      modem.settings.messageService = args.number(0, [PHASE_2, PHASE_2_PLUS]);
      respond('+CSMS: 1,1,1');
    },
  }),
  cms('+CNMI', {
    test: '(0-3),(0-3),(0-3),(0-2),(0,1)',
    read: ({ modem, respond }) => {
      const { mode, mt, bm, ds, bfr } = modem.settings.indications;
      respond(`+CNMI: ${mode},${mt},${bm},${ds},${bfr}`);
    },
    set: setIndications,
  }),
  cms('+CPMS', {
    needsSim: true,
    test: STORE_LISTS,
    read: showStores,
    set: selectStores,
  }),
  cms('+CMMS', {
    test: '(0-2)',
    read: ({ modem, respond }) => respond(`+CMMS: ${modem.settings.keepLink}`),
    set: ({ modem, args }) => {
      modem.settings.keepLink = args.number(0, [0, 2], 0);
    },
  }),
  // There are no cell broadcasts in this network: the selection is kept and has no effect.
  cms('+CSCB', {
    test: '(0,1)',
    read: ({ modem, respond }) => {
      const [mode, identifiers, codings] = modem.settings.broadcasts;
      respond(`+CSCB: ${mode},"${identifiers}","${codings}"`);
    },
    set: ({ modem, args }) => {
      const [, identifiers, codings] = modem.settings.broadcasts;
      modem.settings.broadcasts = [args.number(0, [0, 1], 0), args.string(1, identifiers), args.string(2, codings)];
    },
  }),
  cms('+CSAS', { test: '(0)', execute: saveSettings, set: saveSettings }),
  cms('+CRES', { test: '(0)', execute: restoreSettings, set: restoreSettings }),
];
