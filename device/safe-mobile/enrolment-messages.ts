import type { Reader, Writer } from './octets.ts';

/** A phone's first message. It proves only that the sender knows the activation code. */
export interface Enrol {
  readonly type: 'ENROL';
  readonly ctr: number;
  /** 5 octets. */
  readonly activationCode: Uint8Array;
  /** `D`: the phone's X25519 public key, 32 octets. */
  readonly sealingKey: Uint8Array;
  /** `A`: the public half of the PIN-camouflaged key, 32 octets. */
  readonly approvalKey: Uint8Array;
  readonly appVersion: number;
}

/** Announces the key under a new PIN; PIN_PROOF follows. */
export interface PinNew {
  readonly type: 'PIN_NEW';
  readonly ctr: number;
  /** Names the change, 8 octets. */
  readonly pcid: Uint8Array;
  /** `A'`, 32 octets. */
  readonly approvalKey: Uint8Array;
}

/** Proves the old PIN: a signature by the old key over the change. */
export interface PinProof {
  readonly type: 'PIN_PROOF';
  readonly ctr: number;
  readonly pcid: Uint8Array;
  readonly signature: Uint8Array;
}

export function writeEnrol(writer: Writer, message: Enrol): Writer {
  return writer
    .bytes(message.activationCode, 5)
    .bytes(message.sealingKey, 32)
    .bytes(message.approvalKey, 32)
    .uint(message.appVersion, 1);
}

export function readEnrol(reader: Reader, ctr: number): Enrol {
  return {
    type: 'ENROL',
    ctr,
    activationCode: reader.bytes(5),
    sealingKey: reader.bytes(32),
    approvalKey: reader.bytes(32),
    appVersion: reader.uint(1),
  };
}

export function writePinNew(writer: Writer, message: PinNew): Writer {
  return writer.bytes(message.pcid, 8).bytes(message.approvalKey, 32);
}

export function readPinNew(reader: Reader, ctr: number): PinNew {
  return { type: 'PIN_NEW', ctr, pcid: reader.bytes(8), approvalKey: reader.bytes(32) };
}

export function writePinProof(writer: Writer, message: PinProof): Writer {
  return writer.bytes(message.pcid, 8).bytes(message.signature, 64);
}

export function readPinProof(reader: Reader, ctr: number): PinProof {
  return { type: 'PIN_PROOF', ctr, pcid: reader.bytes(8), signature: reader.bytes(64) };
}
