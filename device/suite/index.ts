export { type Descriptor, describe, JAD_LIMIT, parseJad, passesFilter } from './descriptor.ts';
export { InstallError, type InstallStatus } from './status.ts';
