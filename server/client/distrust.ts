/** Why `fetch` did not accept the certificate of a server, or `undefined` when it failed for another reason. */
export function distrustOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return /CERT|SIGNATURE|ISSUER/.test(String(cause.code)) ? cause.message.split(';')[0] : undefined;
}

/** The sentence about it, for whoever has to mend it. */
export function distrustSentence(server: string, distrust: string): string {
  return `the certificate of ${server} is not accepted (${distrust}): is it for this name? That of your own authority goes into a file, and its name into NODE_EXTRA_CA_CERTS`;
}
