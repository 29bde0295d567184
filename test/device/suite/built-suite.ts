import { hexOf, type Primitives } from '../../../device/safe-mobile/index.ts';
import { jarAttributes, writeDescriptor, writeJar } from '../../../device/suite/index.ts';
import { servicePrimitives } from '../../../server/keys/primitives.ts';

/** The service's, which are quicker than the phone's. */
export const primitives: Primitives = servicePrimitives();
/** The key of the suites in these tests. */
export const SEED: Uint8Array = new Uint8Array(32).fill(7);
export const SIGNER: string = hexOf(primitives.ed25519PublicKey(SEED));

export const ATTRIBUTES: Readonly<Record<string, string>> = {
  'MIDlet-Name': 'Chat',
  'MIDlet-Version': '1.2.3',
  'MIDlet-Vendor': 'Somebody',
  'MIDlet-1': 'Chat,,Chat',
  'MicroEdition-Profile': 'MIDP-2.0',
  'MicroEdition-Configuration': 'CLDC-1.1',
};
export const SCRIPT = "exports.Chat = class extends require('midp').MIDlet {};";
export const JAR: Uint8Array = writeJar({
  attributes: ATTRIBUTES,
  script: SCRIPT,
  resources: new Map([['texts/it.json', new Uint8Array(Buffer.from('{"hello":"ciao"}'))]]),
});

/** The descriptor of {@link JAR} with other or more attributes; without those that are `undefined`. */
export function descriptor(
  change: Readonly<Record<string, string | undefined>> = {},
  seed: Uint8Array | undefined = SEED,
): Uint8Array {
  const all = { ...ATTRIBUTES, ...jarAttributes(JAR, 'chat.jar', primitives), ...change };
  const written = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new Uint8Array(Buffer.from(writeDescriptor(Object.fromEntries(written), primitives, seed)));
}

/** {@link descriptor} without a signature. */
export function unsigned(change: Readonly<Record<string, string | undefined>> = {}): Uint8Array {
  const text = Buffer.from(descriptor(change)).toString();
  return new Uint8Array(Buffer.from(text.slice(0, text.indexOf('MIDlet-Signature'))));
}
