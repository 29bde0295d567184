import type { SmsContent } from '../content.ts';
import { PduEncodeError } from '../error.ts';
import { Reader } from '../reader.ts';
import { type Charset, charsetNumber, charsetOf } from './charset.ts';
import { readIndication, writeIndication } from './si-document.ts';
import { readWspPush, wspPush } from './wsp-push.ts';

/** What the phone does with a Service Indication (WAP-167-ServiceInd, 5.2). */
export type ServiceAction = 'signal-none' | 'signal-low' | 'signal-medium' | 'signal-high' | 'delete';

/** A WAP push Service Indication: a text and a link (WAP-167-ServiceInd). */
export interface ServiceIndication {
  /** What the user reads; empty for `delete`. */
  readonly text: string;
  /** Where the link leads. */
  readonly href?: string;
  /** Identifies the indication; a later one with the same id replaces an earlier one. Absent: `href` is the id. */
  readonly id?: string;
  /** When it was made, ms since 1970, whole seconds. */
  readonly created?: number;
  /** When it is of no more use, ms since 1970, whole seconds. */
  readonly expires?: number;
  /** Absent: `signal-medium`. */
  readonly action?: ServiceAction;
}

/** How to write a {@link ServiceIndication}. */
export interface ServiceIndicationOptions {
  /** WSP's TID, 0 to 255. Default 1. */
  readonly transactionId?: number;
  /** Default `utf-8`. */
  readonly charset?: Charset;
}

/** `application/vnd.wap.sic` (WAP-230-WSP, table 40). */
const SERVICE_INDICATION = 0x2e;

/** The ports of a WAP push: to the push client, from the WSP gateway. */
const WAP_PUSH_PORTS = { destination: 2948, source: 9200 };

/** The user data of a Service Indication: a WSP Push of a WBXML document. Throws {@link PduEncodeError}. */
export function encodeServiceIndication(
  indication: ServiceIndication,
  options: ServiceIndicationOptions = {},
): Uint8Array {
  const { transactionId = 1, charset = 'utf-8' } = options;
  if ((transactionId & 0xff) !== transactionId) throw new PduEncodeError('WSP TID', `${transactionId} is not 0 to 255`);
  return wspPush({
    transactionId,
    contentType: SERVICE_INDICATION,
    charset: charsetNumber(charset),
    headers: new Uint8Array(0),
    body: writeIndication(indication, charset),
  });
}

/** A Service Indication as a message to be sent, in as many SMS as it takes. Throws {@link PduEncodeError}. */
export function serviceIndicationContent(
  indication: ServiceIndication,
  options: ServiceIndicationOptions = {},
): SmsContent {
  return { kind: 'data', data: encodeServiceIndication(indication, options), ports: WAP_PUSH_PORTS };
}

/** The Service Indication in the user data of a WAP push, behind the header. Throws `PduError`. */
export function decodeServiceIndication(userData: Uint8Array): ServiceIndication {
  const reader = new Reader(userData);
  const { contentType, charset, body } = readWspPush(reader);
  if (contentType !== SERVICE_INDICATION) reader.refuse(`content type ${contentType} is not a Service Indication`);
  reader.offset = reader.end - body.length;
  return readIndication(reader, charset === undefined ? 'utf-8' : charsetOf(reader, charset, 'utf-8'));
}
