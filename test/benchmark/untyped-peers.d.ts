// What the benchmarks use of packages that come without types.

declare module 'node-sms-pdu' {
  interface Pdu {
    /** With the service centre's address. */
    readonly hex: string;
  }
  const smsPdu: { generateSubmit(number: string, text: string): readonly Pdu[] };
  export default smsPdu;
}

declare module 'serialport-gsm' {
  interface Result {
    readonly status: string;
  }
  interface OpenOptions {
    baudRate?: number;
    incomingCallIndication?: boolean;
    incomingSMSIndication?: boolean;
  }
  /** Without a callback, each returns a promise. */
  interface GsmModem {
    open(path: string, options: OpenOptions): Promise<Result>;
    initializeModem(): Promise<Result>;
    setModemMode(callback: undefined, mode: 'PDU'): Promise<Result>;
    /** Resolves when the modem has taken the message, or refused it. */
    sendSMS(recipient: string, message: string, alert: boolean): Promise<Result>;
    close(): Promise<Result>;
  }
  const serialportGsm: { Modem(): GsmModem };
  export default serialportGsm;
}
