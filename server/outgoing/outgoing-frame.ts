import type { Row } from '../store/row.ts';
import { type DeviceId, deviceId } from '../vocabulary/ids.ts';

/** A sealed frame to send. Never a plaintext. */
export interface OutgoingFrame {
  readonly deviceId: DeviceId;
  /** E.164. */
  readonly number: string;
  /** The type of the message inside, for people. */
  readonly message: string;
  /** The ref of the message: a txn, a challenge, an mref or a nonce. */
  readonly ref: string;
  readonly frame: Uint8Array;
  /** After this time, ms since 1970, the frame is not sent any more. */
  readonly usefulUntil: number;
  /** Ask the network to say when the phone has it. Default false. */
  readonly report?: boolean;
}

/** A frame as its row has it. */
export interface WaitingFrame extends OutgoingFrame {
  readonly id: number;
  readonly tries: number;
}

export function readWaitingFrame(row: Row): WaitingFrame {
  return {
    id: row.integer('id'),
    deviceId: deviceId(row.integer('device_id')),
    number: row.text('number'),
    message: row.text('message'),
    ref: row.text('ref'),
    frame: row.octets('frame'),
    tries: row.integer('tries'),
    usefulUntil: row.integer('useful_until'),
    report: row.integer('report') === 1,
  };
}
