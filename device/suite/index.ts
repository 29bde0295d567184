export {
  compareVersions,
  type Descriptor,
  describe,
  JAD_LIMIT,
  type MidletEntry,
  type PushRegistration,
  parseJad,
  passesFilter,
  readAttributes,
} from './descriptor.ts';
export { looksLike, strangeLetter } from './look-alike.ts';
export { installNotifyUrl } from './notify.ts';
export { DATA_LIMIT, type Offer, readOffer } from './offer.ts';
export { InstallError, type InstallStatus, statusLine } from './status.ts';
export { openSuite, readJar, SCRIPT_LIMIT, type SuiteContent } from './suite.ts';
export { type Attributes, type JarParts, jarAttributes, writeDescriptor, writeJar } from './write.ts';
export { JAR_LIMIT } from './zip.ts';
