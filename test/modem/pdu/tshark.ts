import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Direction, encodeTpdu, type Tpdu } from '../../../modem/pdu/index.ts';
import { directionOf } from './arbitrary.ts';

const TSHARK = 'tshark';

/** Whether Wireshark's dissector is on this machine. */
export const hasTshark: boolean = spawnSync(TSHARK, ['--version']).error === undefined;

/** What tshark says of a TPDU: the values of its fields, each as often as it occurs. */
export type Dissection = Readonly<Record<string, readonly string[]>>;

/** The fields that are compared, without `gsm_sms.`. */
const FIELDS = [
  ...['tp-mti', 'tp-mms', 'tp-lp', 'tp-sri', 'tp-srr', 'tp-srq', 'tp-udhi', 'tp-rp', 'tp-rd', 'tp-vpf', 'tp-mr'],
  ...['tp-oa', 'tp-da', 'tp-ra', 'dis_field_addr.num_type', 'dis_field_addr.num_plan', 'tp-pid', 'tp-dcs', 'tp-fcs'],
  ...['scts.year', 'scts.month', 'scts.day', 'scts.hour', 'scts.minutes', 'scts.seconds', 'scts.timezone'],
  ...['vp.validity_period_format', 'vp.validity_period', 'vp.single_shot_sm'],
  ...['vp.validity_period.hour', 'vp.validity_period.minutes', 'vp.validity_period.seconds'],
  ...['tp.message_number', 'tp.command_type', 'tp.command_data_length'],
  ...['tp.pid.present', 'tp.dcs.present', 'tp.udl.present'],
  ...['ie_identifier', 'udh.mm.msg_id', 'udh.mm.msg_parts', 'udh.mm.msg_part', 'destination_port', 'originator_port'],
  ...['msg_ind_type_and_stor', 'profile_id', 'ext_msg_ind_type', 'msg_ind_type', 'msg_count', 'ie_data'],
  ...['sms_text', 'sms_body'],
];

/** Link type of "upper PDUs": a list of tags says what is in a packet. */
const UPPER_PDU = 252;
const DISSECTOR_NAME = 12;
const P2P_DIRECTION = 35;

function tag(id: number, value: Uint8Array): Buffer {
  const octets = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  octets.writeUInt16BE(id, 0);
  octets.writeUInt16BE(octets.length - 4, 2);
  octets.set(value, 4);
  return octets;
}

/** A capture file with a packet for each TPDU. */
function capture(tpdus: readonly (readonly [Uint8Array, Direction])[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(0xffff, 16);
  header.writeUInt32LE(UPPER_PDU, 20);
  const packets = tpdus.map(([tpdu, direction], second) => {
    const received = Uint8Array.of(0, 0, 0, direction === 'mobile-originated' ? 1 : 0);
    const tags = [tag(DISSECTOR_NAME, Buffer.from('gsm_sms')), tag(P2P_DIRECTION, received), tag(0, new Uint8Array(0))];
    const packet = Buffer.concat([...tags, tpdu]);
    const start = Buffer.alloc(16);
    start.writeUInt32LE(second, 0);
    start.writeUInt32LE(packet.length, 8);
    start.writeUInt32LE(packet.length, 12);
    return Buffer.concat([start, packet]);
  });
  return Buffer.concat([header, ...packets]);
}

interface Packet {
  readonly _source: { readonly layers?: Readonly<Record<string, readonly string[]>> };
}

/** What tshark says of each TPDU. */
export async function dissect(tpdus: readonly Tpdu[]): Promise<readonly Dissection[]> {
  const fields = FIELDS.flatMap((field) => ['-e', `gsm_sms.${field}`]);
  const file = join(mkdtempSync(join(tmpdir(), 'tshark-')), 'tpdus.pcap');
  writeFileSync(file, capture(tpdus.map((tpdu) => [encodeTpdu(tpdu), directionOf(tpdu)])));
  const command = ['-r', file, '-o', 'gsm_sms.reassemble:FALSE', '-T', 'json', ...fields];
  const child = spawn(TSHARK, command, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  const packets: readonly Packet[] = JSON.parse(await text(child.stdout));
  return packets.map(({ _source: { layers = {} } }) =>
    Object.fromEntries(Object.entries(layers).map(([field, values]) => [field.replace('gsm_sms.', ''), values])),
  );
}
