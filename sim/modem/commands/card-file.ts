import { type Call, type Command, cme } from '../command.ts';

/** READ BINARY, and the two files of the card that are there (3GPP TS 51.011, 9.2.3, 10.1.1 and 10.3.2). */
const READ_BINARY = 176;
const ICCID = 12_258;
const IMSI = 28_423;
/** SW1 and SW2: as it should be; no such file; no such instruction (3GPP TS 51.011, 9.4). */
const STATUS = { done: '144,0', noFile: '148,4', noInstruction: '109,0' } as const;

/** Digits as semi-octets, low one first, filled with F. */
function swapped(digits: string): string {
  return (digits.length % 2 === 0 ? digits : `${digits}F`).replaceAll(/(.)(.)/g, '$2$1');
}

/** EF-IMSI: a length, the parity in the first digit, the rest as semi-octets. */
function imsiFile(imsi: string): string {
  return `08${swapped(`9${imsi}`)}`;
}

/** `+CRSM=command[,file[,P1,P2,P3[,data]]]`. */
function access({ modem, args, respond }: Call): void {
  const command = args.number(0, [0, 255]);
  const file = args.number(1, [0, 65_535], 0);
  if (command !== READ_BINARY) respond(`+CRSM: ${STATUS.noInstruction}`);
  else if (file === ICCID) respond(`+CRSM: ${STATUS.done},"${swapped(modem.sim.iccid)}"`);
  else if (file === IMSI) respond(`+CRSM: ${STATUS.done},"${imsiFile(modem.sim.imsi)}"`);
  else respond(`+CRSM: ${STATUS.noFile}`);
}

/** Files of the SIM (3GPP TS 27.007, 8.18). */
export const cardFileCommands: readonly Command[] = [cme('+CRSM', { needsSim: true, test: '', set: access })];
