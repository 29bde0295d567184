import { checkText, SafeMobileError } from '../../device/safe-mobile/index.ts';
import { ServiceError } from './errors.ts';

/** Checks the name of a person or merchant. @param octets of UTF-8 that it may have @throws ServiceError `invalid-request` */
export function checkName(name: string, octets: number): void {
  try {
    checkText(name);
  } catch (error) {
    if (error instanceof SafeMobileError) throw new ServiceError('invalid-request', `name: ${error.message}`);
    throw error;
  }
  const length = new TextEncoder().encode(name).length;
  if (name.trim() === '' || length > octets) {
    throw new ServiceError('invalid-request', `name: expected 1 to ${octets} octets of UTF-8, got ${length}`);
  }
}
