import type { Primitives } from '../../device/safe-mobile/index.ts';
import { type Attributes, jarAttributes, readJar } from '../../device/suite/index.ts';

/** The payment application as phones download it: a JAR, the same for all phones. */
export interface Application {
  readonly jar: Uint8Array;
  /** What the descriptor says of it: the attributes of its manifest, the size and the digest. */
  attributes(jarUrl: string): Attributes;
}

/** Reads the JAR of the application. @throws InstallError for one that no phone would take */
export function readApplication(jar: Uint8Array, primitives: Pick<Primitives, 'sha256'>): Application {
  const { 'Manifest-Version': _, ...manifest } = readJar(jar).manifest;
  return { jar, attributes: (jarUrl) => ({ ...manifest, ...jarAttributes(jar, jarUrl, primitives) }) };
}
