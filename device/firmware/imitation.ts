import { type Descriptor, InstallError, looksLike } from '../suite/index.ts';
import { isSameSigner, type Signer, signerText } from './signer.ts';
import type { Suite } from './suites.ts';

/** What a suite is called by, and who made it. */
export interface Made extends Pick<Descriptor, 'name' | 'vendor'> {
  readonly midlets: readonly Pick<Descriptor['midlets'][number], 'name'>[];
  readonly signer: Signer;
}

/** Suites of other makers that have a name which looks like one of these. That of the same name and vendor is what an update replaces. */
export function imitatedBy(made: Made, installed: readonly Suite[]): readonly Suite[] {
  const { name, vendor, signer } = made;
  return installed.filter(
    ({ descriptor: known, signer: other }) =>
      (known.name !== name || known.vendor !== vendor) &&
      (signer.kind === 'nobody' || !isSameSigner(other, signer)) &&
      namesOf(known).some((knownName) => namesOf(made).some((one) => looksLike(one, knownName))),
  );
}

/** What is not trusted may not look like what is: its owner could take the one for the other in the menu. @throws InstallError 910 */
export function expectOwnNames(made: Made, installed: readonly Suite[]): void {
  const imitated = imitatedBy(made, installed).find(({ trust }) => trust === 'trusted');
  if (imitated === undefined) return;
  const { name, vendor } = imitated.descriptor;
  const what = `${made.name} looks like ${name} of ${vendor}, which this phone trusts`;
  throw new InstallError(910, `${what}, and is ${signerText(made.signer)}`);
}

/** The names under which a suite and its applications stand in the menu. */
function namesOf({ name, midlets }: Pick<Made, 'name' | 'midlets'>): readonly string[] {
  return [name, ...midlets.map((midlet) => midlet.name)];
}
