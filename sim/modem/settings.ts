/** `+CNMI` (3GPP TS 27.005, 3.4.1). */
interface NewMessageIndications {
  readonly mode: number;
  readonly mt: number;
  readonly bm: number;
  readonly ds: number;
  readonly bfr: number;
}

/** `+CSMP` (3GPP TS 27.005, 3.3.2). */
interface TextModeParameters {
  /** First octet of a SUBMIT. */
  readonly fo: number;
  /** TP-VP: an octet, or 14 hex digits when `fo` asks for the absolute or enhanced format. */
  readonly vp: number | string;
  readonly pid: number;
  readonly dcs: number;
}

/** The names of the message stores. */
export type StoreName = 'SM' | 'ME' | 'MT' | 'SR';

/** The settings that commands set and other commands use. `AT&F` resets all of them. */
export interface Settings {
  /** `+CMEE`: 0 `ERROR`, 1 numbers, 2 words. */
  errorFormat: number;
  /** `+CMGF`. */
  messageFormat: 'pdu' | 'text';
  /** `+CSCS`. */
  charset: string;
  /** `+CSDH`. */
  textHeaders: boolean;
  textParameters: TextModeParameters;
  /** `+CSMS`: 1 is phase 2+, with `+CNMA`. */
  messageService: number;
  indications: NewMessageIndications;
  /** `+CMMS`. */
  keepLink: number;
  /** `+CREG` and `+CGREG`: 0 silent, 1 changes, 2 changes with the cell. */
  registrationReports: number;
  packetRegistrationReports: number;
  /** What is kept of settings that change nothing here, by the command. */
  kept: Readonly<Record<string, readonly number[]>>;
  /** `+CSCB`: mode, message identifiers, data coding schemes. */
  broadcasts: readonly [mode: number, identifiers: string, codings: string];
  /** `+COPS=3,n`: 0 long name, 1 short name, 2 number. */
  operatorFormat: number;
  /** `+CPMS`: read and delete, write and send, received. */
  stores: readonly [read: StoreName, write: StoreName, received: StoreName];
  phonebook: string;
  /** `+CUSD`: 1 shows what the network says unasked. */
  ussdReports: number;
  /** `^CURC` of Huawei: whether codes come that nothing in the network caused. */
  periodicCodes: boolean;
  /** `^USSDMODE` of Huawei: 0 text, 1 octets. */
  ussdMode: number;
}

/** Settings as they are after power-on. */
export const settingsDefaults = (): Settings => ({
  errorFormat: 0,
  messageFormat: 'pdu',
  charset: 'IRA',
  textHeaders: false,
  textParameters: { fo: 17, vp: 167, pid: 0, dcs: 0 },
  messageService: 0,
  indications: { mode: 0, mt: 0, bm: 0, ds: 0, bfr: 0 },
  keepLink: 0,
  registrationReports: 0,
  packetRegistrationReports: 0,
  kept: {},
  broadcasts: [0, '', ''],
  operatorFormat: 0,
  stores: ['SM', 'SM', 'SM'],
  phonebook: 'SM',
  ussdReports: 0,
  periodicCodes: true,
  ussdMode: 1,
});
