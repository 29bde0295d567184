import { IllegalArgumentException, SecurityException } from '../errors.ts';

/** Where a message goes or is awaited (JSR-120, A.2): `sms://+39340000002:16001`, `sms://+39340000002`, `sms://:16001`. */
export interface SmsAddress {
  readonly number?: string;
  readonly port?: number;
}

/** Ports of WAP and of the phone itself, which no application may use (JSR-120, A.6.0). */
export const RESTRICTED_PORTS: ReadonlySet<number> = new Set([
  2805, 2923, 2948, 2949, 5502, 5503, 5508, 5511, 5512, 9200, 9201, 9202, 9203, 9207, 49996, 49999,
]);

/** @throws IllegalArgumentException when the text is no address, SecurityException for a port that applications may not use */
export function parseSmsAddress(url: string): SmsAddress {
  const match = /^sms:\/\/(?<number>\+?[0-9]{1,15})?(?::(?<port>[0-9]{1,5}))?$/.exec(url);
  const { number, port: portText } = match?.groups ?? {};
  const port = portText === undefined ? undefined : Number(portText);
  if ((number === undefined && port === undefined) || (port !== undefined && port > 0xffff)) {
    throw new IllegalArgumentException(`Expected an address as sms://+39340000002:16001, not ${url}`);
  }
  if (port !== undefined && RESTRICTED_PORTS.has(port)) {
    throw new SecurityException(`Port ${port} is not for applications`);
  }
  return { ...(number === undefined ? {} : { number }), ...(port === undefined ? {} : { port }) };
}

/** The address as text. */
export function formatSmsAddress(address: SmsAddress): string {
  return `sms://${address.number ?? ''}${address.port === undefined ? '' : `:${address.port}`}`;
}
