import {
  type Address,
  dataCodingOctet,
  type EnhancedPeriod,
  type InformationElement,
  isoTime,
  type ReportParameters,
  type TimeStamp,
  type Tpdu,
  toHex,
  type UserData,
  type ValidityPeriod,
} from '../../../modem/pdu/index.ts';
import type { Dissection } from './tshark.ts';

// What a dissector must say of a TPDU, made from the TPDU and not from its octets.

const TYPES: readonly Address['type'][] = [
  ...(['unknown', 'international', 'national', 'network-specific', 'subscriber', 'alphanumeric'] as const),
  ...(['abbreviated', 'reserved'] as const),
];
const PLANS: Readonly<Partial<Record<Address['plan'], number>>> = {
  unknown: 0,
  isdn: 1,
  'reserved-2': 2,
  data: 3,
  telex: 4,
  'service-centre-5': 5,
  national: 8,
  private: 9,
  ermes: 10,
};
const WAITING = ['voicemail', 'fax', 'email', 'other'] as const;
const MTI: Readonly<Record<Tpdu['type'], number>> = {
  DELIVER: 0,
  'DELIVER-REPORT': 0,
  SUBMIT: 1,
  'SUBMIT-REPORT': 1,
  'STATUS-REPORT': 2,
  COMMAND: 2,
};
const PERIODS = { none: 0, relative: 1, seconds: 2, clock: 3 } as const;
const FORMATS = { enhanced: 1, relative: 2, absolute: 3 } as const;

type Value = string | number | boolean | undefined;
type Pair = readonly [field: string, value: Value];

/** The fields of a TPDU with their values, in order. */
export function dissectionOf(tpdu: Tpdu): Dissection {
  const fields: Record<string, string[]> = {};
  for (const [field, value] of [['tp-mti', MTI[tpdu.type]] as const, ...pairsOf(tpdu)]) {
    if (value === undefined) continue;
    fields[field] = [...(fields[field] ?? []), String(typeof value === 'boolean' ? Number(value) : value)];
  }
  return fields;
}

function pairsOf(tpdu: Tpdu): readonly Pair[] {
  switch (tpdu.type) {
    case 'DELIVER':
      return [
        ['tp-mms', tpdu.moreMessagesToSend !== true],
        ['tp-lp', tpdu.loopPrevention],
        ['tp-sri', tpdu.statusReportIndication],
        ['tp-rp', tpdu.replyPath],
        ...address('tp-oa', tpdu.originator),
        ...time(tpdu.timestamp),
        ['tp-pid', tpdu.pid],
        ['tp-dcs', dataCodingOctet(tpdu.dcs)],
        ['tp-udhi', tpdu.userData.header.length > 0],
        ...userData(tpdu.userData),
      ];
    case 'SUBMIT':
      return [
        ['tp-rd', tpdu.rejectDuplicates],
        ['tp-srr', tpdu.statusReportRequested],
        ['tp-rp', tpdu.replyPath],
        ['tp-mr', tpdu.messageReference],
        ...address('tp-da', tpdu.destination),
        ...validity(tpdu.validity),
        ['tp-pid', tpdu.pid],
        ['tp-dcs', dataCodingOctet(tpdu.dcs)],
        ['tp-udhi', tpdu.userData.header.length > 0],
        ...userData(tpdu.userData),
      ];
    case 'STATUS-REPORT':
      return [
        ['tp-mms', tpdu.moreMessagesToSend !== true],
        ['tp-lp', tpdu.loopPrevention],
        ['tp-srq', tpdu.answersCommand],
        ['tp-mr', tpdu.messageReference],
        ...address('tp-ra', tpdu.recipient),
        ...time(tpdu.timestamp),
        ...time(tpdu.dischargeTime),
        ...parameters(tpdu.parameters),
      ];
    case 'COMMAND':
      return [
        ['tp-udhi', tpdu.hasHeader],
        ['tp-srr', tpdu.statusReportRequested],
        ['tp-mr', tpdu.messageReference],
        ['tp-pid', tpdu.pid],
        ['tp.command_type', tpdu.commandType],
        ['tp.message_number', tpdu.messageNumber],
        ...address('tp-da', tpdu.destination),
        ['tp.command_data_length', tpdu.data.length],
      ];
    case 'DELIVER-REPORT':
      return [['tp-fcs', hexNumber(tpdu.failureCause)], ...parameters(tpdu.parameters)];
    case 'SUBMIT-REPORT':
      return [['tp-fcs', hexNumber(tpdu.failureCause)], ...time(tpdu.timestamp), ...parameters(tpdu.parameters)];
  }
}

function hexNumber(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `0x${value.toString(16).padStart(2, '0')}`;
}

function address(field: string, { type, plan, value }: Address): readonly Pair[] {
  return [
    ['dis_field_addr.num_type', TYPES.indexOf(type)],
    ['dis_field_addr.num_plan', PLANS[plan]],
    [field, value],
  ];
}

function time(timestamp: TimeStamp): readonly Pair[] {
  const [year = 0, month, day, hours, minutes, seconds] = isoTime(timestamp)
    .split(/[-T:Z+]/)
    .map(Number);
  return [
    ['scts.year', year % 100],
    ['scts.month', month],
    ['scts.day', day],
    ['scts.hour', hours],
    ['scts.minutes', minutes],
    ['scts.seconds', seconds],
    ['scts.timezone', Math.abs(timestamp.zone)],
  ];
}

function validity(period: ValidityPeriod | undefined): readonly Pair[] {
  if (period === undefined) return [['tp-vpf', 0]];
  const format: Pair = ['tp-vpf', FORMATS[period.format]];
  if (period.format === 'absolute') return [format, ...time(period.until)];
  if (period.format === 'relative') return [format, ['vp.validity_period', relativeOctet(period.ms)]];
  return [
    format,
    ['vp.single_shot_sm', period.singleShot],
    ['vp.validity_period_format', PERIODS[period.period.kind]],
    ...enhanced(period.period),
  ];
}

function enhanced(period: EnhancedPeriod): readonly Pair[] {
  switch (period.kind) {
    case 'none':
      return [];
    case 'relative':
      return [['vp.validity_period', relativeOctet(period.ms)]];
    case 'seconds':
      return [['vp.validity_period', period.seconds]];
    case 'clock':
      return [
        ['vp.validity_period.hour', period.hours],
        ['vp.validity_period.minutes', period.minutes],
        ['vp.validity_period.seconds', period.seconds],
      ];
  }
}

/** The octet of a relative validity period (3GPP TS 23.040, 9.2.3.12.1). */
function relativeOctet(ms: number): number {
  const minutes = ms / 60_000;
  const days = minutes / (24 * 60);
  if (minutes <= 12 * 60) return minutes / 5 - 1;
  if (days <= 1) return 143 + (minutes - 12 * 60) / 30;
  return days <= 30 ? 166 + days : 192 + days / 7;
}

function parameters(found: ReportParameters | undefined): readonly Pair[] {
  if (found === undefined) return [['tp-udhi', false]];
  const { pid, dcs } = found;
  return [
    ['tp-udhi', (found.userData?.header.length ?? 0) > 0],
    ['tp.pid.present', pid !== undefined],
    ['tp.dcs.present', dcs !== undefined],
    ['tp.udl.present', found.userData !== undefined],
    ['tp-pid', pid],
    ['tp-dcs', dcs && dataCodingOctet(dcs)],
    ...(found.userData === undefined ? [] : userData(found.userData)),
  ];
}

function userData(data: UserData): readonly Pair[] {
  const content: Pair = data.kind === 'text' ? ['sms_text', data.text] : ['sms_body', toHex(data.data).toLowerCase()];
  return [...data.header.flatMap(element), ...(content[1] === '' ? [] : [content])];
}

function element(found: InformationElement): readonly Pair[] {
  switch (found.kind) {
    case 'concatenation':
      return [
        ['ie_identifier', found.width === 8 ? '0x00' : '0x08'],
        ['udh.mm.msg_id', found.reference],
        ['udh.mm.msg_parts', found.total],
        ['udh.mm.msg_part', found.sequence],
      ];
    case 'ports':
      return [
        ['ie_identifier', found.width === 8 ? '0x04' : '0x05'],
        ['destination_port', found.destination],
        ['originator_port', found.source],
      ];
    case 'national-language':
      return [['ie_identifier', found.shift === 'single' ? '0x24' : '0x25']];
    case 'special-message':
      return [
        ['ie_identifier', '0x01'],
        ['msg_ind_type_and_stor', found.store],
        ['profile_id', found.profile - 1],
        ['ext_msg_ind_type', found.extendedType],
        ['msg_ind_type', WAITING.indexOf(found.waiting)],
        ['msg_count', found.count],
      ];
    case 'other':
      return [
        ['ie_identifier', hexNumber(found.id)],
        ['ie_data', toHex(found.data).toLowerCase()],
      ];
  }
}
