import type { Settings } from './settings.ts';
import type { TalkSettings } from './talk.ts';

/** How a model differs in echo, prompt, line ends and reading. */
export interface WireHabits {
  /** False: never echoes, whatever `ATE1` says. */
  readonly echoes: boolean;
  /** The echo of a PDU includes the Ctrl-Z that ended it, as all that is typed: oFono waits for it. */
  readonly echoesCtrlZ: boolean;
  /** The prompt; in the standard exactly CR LF `> `. */
  readonly prompt: string;
  readonly promptDelayMs: number;
  /** Whether ESC at the prompt is answered with `OK`. */
  readonly answersEscape: boolean;
  /** What stands before and after each line; absent: S3 and S4. */
  readonly lineStart?: string;
  readonly lineEnd?: string;
  /** NUL octets come before and inside the output (ZTE). */
  readonly nuls: boolean;
  /** Octets that wait in the port when a host opens it. */
  readonly staleAtOpen: string;
  /** The first command line after the port was opened: `unheard` is not answered, `forgotten` is, and does nothing. */
  readonly firstLine: 'heard' | 'unheard' | 'forgotten';
  /** ESC stands in the command line as any other character: `ESC AT` is no `AT`, and is not answered. */
  readonly keepsEscape: boolean;
  /** How long a character takes to be read, ms: those that come faster are lost. 0: none is. */
  readonly characterMs: number;
  /** What every line is answered with, on a port that is not for commands. */
  readonly answersAll?: string;
  /** A stray `OK`, which ends no command, follows each error. */
  readonly orphanOkAfterError: boolean;
  /** Unsolicited codes do not wait for the end of a command, or of a PDU that is being typed. */
  readonly codesInterrupt: boolean;
  /** The modem reads nothing while the host holds DTR or RTS low. A pseudo terminal has neither: both count as high. */
  readonly needsControlLines: boolean;
  /** The modem crashes when one of its ports is open and not read (Huawei, ZTE). */
  readonly crashesUnread: boolean;
}

/** How long it takes to answer, ms. */
export interface DelayHabits {
  /** Any command line; absent: as the world has it. */
  readonly usualMs?: number;
  /** The first command line after the port was opened, besides. */
  readonly firstMs: number;
  /** Commands that take another time than the usual one, written as in {@link Personality.answers}. */
  readonly commands: Readonly<Record<string, number>>;
}

/** How a model differs in delivering messages. */
export interface ArrivalHabits {
  /** What stands before the length in `+CMT` and `+CDS` in PDU mode. By the book `,` and nothing. */
  readonly routedPrefix: { readonly cmt: string; readonly cds: string };
  /** What stands between the header of a `+CMT` or `+CDS` and its PDU, besides the line's end. */
  readonly routedGap: string;
  /** How an arrival is announced: `{store}` and `{index}` stand for themselves. */
  readonly messageCode: string;
  readonly reportCode: string;
  /** Where status reports are stored: with the messages, in `SR`, or where no command finds them. */
  readonly reportsGo: 'with-messages' | 'SR' | 'nowhere';
  /** `+CNMI` settings, written `mode,mt,bm,ds,bfr`, that are refused though `+CNMI=?` has them. */
  readonly refusedIndications?: RegExp;
  /** `+CNMI` is refused before `+CSMS=1`. */
  readonly indicationsNeedService: boolean;
  /** Refuses the `+CNMA` that `+CSMS=1` makes it wait for: always, or when a PDU comes with it. */
  readonly refusesAcknowledgement: 'never' | 'always' | 'with-pdu';
  /** How long `+CPMS` does not count what has arrived, ms. */
  readonly countedAfterMs: number;
}

/** How a model differs in its message stores. */
export interface StoreHabits {
  /** The number of the first place in each message store. */
  readonly firstIndex: number;
  /** `+CMGR` of an empty place: `+CMS ERROR: 321`, `OK` alone, or `+CMGR: 0,,0`. */
  readonly emptyPlace: 'error' | 'ok' | 'zero';
  /** `+CMGL` of an empty store: `OK` alone, or `+CMS ERROR: 321`. */
  readonly emptyList: 'ok' | 'error';
  /** What `+CMGR` says in PDU mode: `{stat}` and `{length}` stand for themselves, or `text` for the header of text mode. */
  readonly readHeader: string;
  /** What `{length}` counts; in the standard the TPDU alone. */
  readonly lengthCounts: 'tpdu' | 'pdu';
  /** Whether the service centre's address stands before a stored PDU. */
  readonly showsServiceCentre: boolean;
  /** What stands behind a PDU that `+CMGR` shows. */
  readonly padding: string;
  /** `+CMGL`: how far its indexes are from the true ones. */
  readonly listIndexOffset: number;
  /** `+CMGL`: the next header follows the PDU on the same line. */
  readonly listGlued: boolean;
  /** `+CMGL` is never answered. */
  readonly listHangs: boolean;
  /** Whether `+CMGD` takes a `<delflag>`. */
  readonly takesDeleteFlag: boolean;
  /** `+CMGD` deletes all parts of a long message when it is asked for one. */
  readonly deletesSiblings: boolean;
  /** `+CPMS=` with fewer than three stores is refused. */
  readonly selectsThree: boolean;
  /** `+CPMS=` is answered with the counts, or with `OK` alone. */
  readonly selectionAnswer: 'counts' | 'ok';
  /** A status report is shown with FF behind it, up to the end of the SIM's record. */
  readonly reportsFillRecord: boolean;
}

/** How a model differs in sending. */
export interface SendHabits {
  /** `AT+CSMP=` makes it forget the service centre's number. */
  readonly parametersClearServiceCentre: boolean;
  /** Refuses to send while the store for received messages is full. */
  readonly needsRoom: boolean;
}

/** How a model differs at the start and with its SIM. */
export interface StartHabits {
  /** How long after a start everything about the SIM is refused, ms, and with which `+CME ERROR`. */
  readonly simBusyMs: number;
  readonly simBusyError: 'simBusy' | 'pleaseWait';
  /** From power and PIN to registration, ms. */
  readonly registrationMs: number;
  /** How long nothing is answered after the PIN, ms. */
  readonly silentAfterPinMs: number;
  /** The modem restarts when a command comes within this time after the PIN, ms. */
  readonly rebootsIfAskedAfterPinMs: number;
  /** `ATZ` is refused until the PIN is given. */
  readonly resetNeedsPin: boolean;
  /** Commands that are refused with `+CME ERROR: 11` until the PIN is given, besides those that need the SIM. */
  readonly needsPin: readonly string[];
  /** Commands that are refused for a while after a start, with this final result. */
  readonly notReady?: { readonly ms: number; readonly commands: readonly string[]; readonly result: string };
  /** `{state}` when SMS work: `SIM PIN2` protects other things than SMS. */
  readonly readyState: 'READY' | 'SIM PIN2';
  /** What `+CPIN?` says: `{state}` stands for itself. */
  readonly pinAnswer: string;
  /** Codes that it says when it has restarted. */
  readonly startCodes: readonly string[];
  /** `+CFUN=1,1` takes the device away for this long, ms; under another name it comes back. 0: it stays. */
  readonly reenumeratesMs: number;
}

/**
 * Which strings come in the character set of `+CSCS`, besides texts, names and the numbers of text mode, which always do
 * (3GPP TS 27.007, 5.5; 3GPP TS 27.005, 3.1). The same strings are taken in that set, and plain ones too.
 */
export interface StringHabits {
  /** `<oper>` of `+COPS` as a name; the number of a network is digits in any set. */
  readonly operator: boolean;
  /** `<sca>` of `+CSCA`. */
  readonly serviceCentre: boolean;
  /** `<number>` of `+CNUM`, `+CPBR` and `+CPBF`, for which the standard names no set. */
  readonly numbers: boolean;
}

/** How a model differs in `+CUSD`. */
export interface UssdHabits {
  /** The reply comes before the `OK` of the request. */
  readonly beforeOk: boolean;
  /** What ends a line inside the quotes. */
  readonly lineBreak: '\n' | '\r\n';
  /** How often the reply comes. */
  readonly copies: number;
  /** How its text is written: in the character set of `+CSCS`, or in UCS-2 in hexadecimal whatever that is. */
  readonly text: 'charset' | 'ucs2-hex';
  /** `<dcs>` of the reply. */
  readonly dcs: number;
  /** Requests are refused until `AT^USSDMODE=0`. */
  readonly needsTextMode: boolean;
}

/** How a model differs in `+CREG`. */
export interface NetworkHabits {
  /** How `+CREG?` and `+CGREG?` begin: `{n}` and `{stat}` stand for themselves. */
  readonly registration: string;
}

/** Settings after a start and after `AT&F` that differ from the standard. */
export interface StartValues {
  readonly settings: Partial<Settings>;
  readonly talk: Partial<TalkSettings>;
}

/** Codes that a modem sends periodically while a host has a line open. */
export interface Noise {
  readonly everyMs: number;
  /** The codes, sent in turn, again and again. */
  readonly codes: readonly string[];
}

/** How a model of modem differs from the standard, as data for the interpreter. */
export interface Personality {
  readonly id: string;
  /** A description in one line. */
  readonly description: string;
  /** `+CGMI`, `+CGMM` and `+CGMR`. */
  readonly manufacturer: string;
  readonly model: string;
  readonly revision: string;
  readonly wire: WireHabits;
  readonly arrivals: ArrivalHabits;
  readonly stores: StoreHabits;
  readonly sending: SendHabits;
  readonly start: StartHabits;
  readonly strings: StringHabits;
  readonly ussd: UssdHabits;
  readonly network: NetworkHabits;
  readonly delays: DelayHabits;
  readonly atStart: StartValues;
  /** What read forms are answered with until the command is set, `+CSCS?`, where its own answer would be another. */
  readonly found: Readonly<Record<string, readonly string[]>>;
  /** What test forms say behind the name, by the name: `+CNMI`. A set form refuses what is not in these lists. */
  readonly offers: Readonly<Record<string, string>>;
  /** Commands that it does not have. */
  readonly without: readonly string[];
  /**
   * Commands that are answered with these lines and nothing else, whatever the state: the name in capitals and the rest
   * as it is written after it, `+CPMS=?`. The last line is the final result; an empty one leaves the host waiting.
   * `{pin}` and `{puk}` stand for the tries that are left, `{state}` for what the SIM waits for; `{imei}`, `{imsi}`,
   * `{iccid}`, `{number}` and `{smsc}` for its own; `{places}` for the places in use of the store that is read. A final
   * `+CME ERROR: n` is said as `+CMEE` has it.
   */
  readonly answers: Readonly<Record<string, readonly string[]>>;
  /** The final result of an unknown command. */
  readonly unknownCommand: string;
  readonly noise: Noise | undefined;
}

/** A modem that follows the standards. */
export const standardPersonality: Personality = {
  id: 'standard',
  description: 'follows ITU-T V.250, 3GPP TS 27.005 and 27.007 to the letter',
  manufacturer: 'Cash-Mobile',
  model: 'Virtual GSM Modem',
  revision: '1.0',
  wire: {
    echoes: true,
    echoesCtrlZ: true,
    prompt: '\r\n> ',
    promptDelayMs: 0,
    answersEscape: true,
    nuls: false,
    staleAtOpen: '',
    firstLine: 'heard',
    keepsEscape: false,
    characterMs: 0,
    orphanOkAfterError: false,
    codesInterrupt: false,
    needsControlLines: false,
    crashesUnread: false,
  },
  arrivals: {
    routedPrefix: { cmt: ',', cds: '' },
    routedGap: '',
    messageCode: '+CMTI: "{store}",{index}',
    reportCode: '+CDSI: "{store}",{index}',
    reportsGo: 'with-messages',
    indicationsNeedService: false,
    refusesAcknowledgement: 'never',
    countedAfterMs: 0,
  },
  stores: {
    firstIndex: 1,
    emptyPlace: 'error',
    emptyList: 'ok',
    readHeader: '{stat},,{length}',
    lengthCounts: 'tpdu',
    showsServiceCentre: true,
    padding: '',
    listIndexOffset: 0,
    listGlued: false,
    listHangs: false,
    takesDeleteFlag: true,
    deletesSiblings: false,
    selectsThree: false,
    selectionAnswer: 'counts',
    reportsFillRecord: false,
  },
  sending: { parametersClearServiceCentre: false, needsRoom: false },
  start: {
    simBusyMs: 0,
    simBusyError: 'simBusy',
    registrationMs: 1_000,
    silentAfterPinMs: 0,
    rebootsIfAskedAfterPinMs: 0,
    resetNeedsPin: false,
    needsPin: [],
    readyState: 'READY',
    pinAnswer: '+CPIN: {state}',
    startCodes: [],
    reenumeratesMs: 0,
  },
  strings: { operator: true, serviceCentre: true, numbers: false },
  ussd: { beforeOk: false, lineBreak: '\n', copies: 1, text: 'charset', dcs: 15, needsTextMode: false },
  network: { registration: '{n},{stat}' },
  delays: { firstMs: 0, commands: {} },
  atStart: { settings: {}, talk: {} },
  found: {},
  offers: {},
  without: [],
  answers: {},
  unknownCommand: 'ERROR',
  noise: undefined,
};
