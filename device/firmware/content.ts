import type { SmsContent } from '../../modem/index.ts';

/** The destination port of a message, if it has one. */
export function portOf({ ports }: SmsContent): { readonly port?: number } {
  return ports === undefined ? {} : { port: ports.destination };
}

/** Octets of what a message carries; a text's in UTF-8. */
export function octetsOf(content: SmsContent): number {
  return content.kind === 'text' ? Buffer.byteLength(content.text) : content.data.length;
}
