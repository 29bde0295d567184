/** Who answers for the code of a suite: the maker of the phone, in which its class is; the holder of a key; nobody. */
export type Signer =
  | { readonly kind: 'phone' }
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'nobody' };

/** Whether two suites are of one maker, as far as a phone can tell. */
export function isSameSigner(a: Signer, b: Signer): boolean {
  return a.kind === b.kind && (a.kind !== 'key' || b.kind !== 'key' || a.id === b.id);
}

/** For a message: `NAME in this phone is …`. */
export function signerText(signer: Signer): string {
  switch (signer.kind) {
    case 'phone':
      return 'part of the phone';
    case 'key':
      return `signed with the key ${signer.id}`;
    case 'nobody':
      return 'not signed';
  }
}

/** @param key absent for a suite that is not signed */
export function signedBy(key: string | undefined): Signer {
  return key === undefined ? { kind: 'nobody' } : { kind: 'key', id: key };
}

/** What a phone makes of a signer: it knows who that is, it has only a key, it has nothing. */
export type Trust = 'trusted' | 'signed' | 'unsigned';

/** @param trusted the keys that the phone knows; anybody can make another one and sign with it */
export function trustOf(signer: Signer, trusted: ReadonlySet<string>): Trust {
  switch (signer.kind) {
    case 'phone':
      return 'trusted';
    case 'key':
      return trusted.has(signer.id) ? 'trusted' : 'signed';
    case 'nobody':
      return 'unsigned';
  }
}
