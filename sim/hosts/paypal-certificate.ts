import { sign } from 'node:crypto';

/** A key in PEM, and its certificate. */
export interface Identity {
  readonly privateKey: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = Buffer.from([0x05, 0x00]);

/** sha256WithRSAEncryption (1.2.840.113549.1.1.11) and commonName (2.5.4.3) as object identifiers in DER. */
const SHA256_WITH_RSA = Buffer.from('06092a864886f70d01010b', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/**
 * A certificate that signs itself (RFC 5280, version 1), in PEM.
 * @param from ms since 1970. @param to ms since 1970, before 2050
 */
export function certificateOf({ privateKey, publicKey }: Identity, name: string, from: number, to: number): string {
  const algorithm = der(SEQUENCE, SHA256_WITH_RSA, NULL);
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const body = der(
    SEQUENCE,
    der(INTEGER, Buffer.from([1])),
    algorithm,
    subject,
    der(SEQUENCE, utcTime(from), utcTime(to)),
    subject,
    Buffer.from(publicKey),
  );
  const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', body, privateKey));
  const lines =
    der(SEQUENCE, body, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/[^0-9]/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
