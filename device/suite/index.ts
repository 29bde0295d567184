export {
  compareVersions,
  type Descriptor,
  describe,
  JAD_LIMIT,
  type MidletEntry,
  parseJad,
  passesFilter,
} from './descriptor.ts';
export { InstallError, type InstallStatus } from './status.ts';
