/**
 * The cryptography under Safe-Mobile, behind one interface: the phone has it in JavaScript, the service in native code.
 * Every array handed in stays the caller's; every array handed out is the caller's to wipe.
 */
export interface Primitives {
  /** The X25519 public key (32 octets) of a secret of 32 octets (RFC 7748). */
  x25519PublicKey(secretKey: Uint8Array): Uint8Array;
  /** The shared secret, 32 octets; all zero for a small-order public key, which the caller refuses. */
  x25519(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  /** The Ed25519 public key (32 octets) of a seed of 32 octets (RFC 8032). */
  ed25519PublicKey(seed: Uint8Array): Uint8Array;
  /** A signature of 64 octets. @param publicKey the one of `seed`, where it is known: deriving it takes as long as signing */
  ed25519Sign(seed: Uint8Array, message: Uint8Array, publicKey?: Uint8Array): Uint8Array;
  /** May accept a malleated signature: use `verifySignature`, which does not. */
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** 64 octets. */
  sha512(message: Uint8Array): Uint8Array;
  /** 32 octets. */
  sha256(message: Uint8Array): Uint8Array;
  /** XSalsa20-Poly1305: key 32, nonce 24, result 16 octets longer than the message. */
  secretboxSeal(key: Uint8Array, nonce: Uint8Array, message: Uint8Array): Uint8Array;
  /** `undefined` when the box was not made with this key and nonce. */
  secretboxOpen(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined;
  /** scrypt (RFC 7914) to 32 octets. */
  scrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost): Uint8Array;
}

/** The cost of scrypt: `N` a power of two, `r` the block size, `p` the parallelism. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
