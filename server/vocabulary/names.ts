import { checkText, SafeMobileError } from '../../device/safe-mobile/index.ts';
import { looksLike, strangeLetter } from '../../device/suite/index.ts';
import { ServiceError } from './errors.ts';

/** What phones show as the name of the application: nobody else has it. */
const APPLICATION_NAME = 'Cash-Mobile';

/** Checks the name of a person or merchant. @param octets of UTF-8 that it may have @throws ServiceError `invalid-request` */
export function checkName(name: string, octets: number): void {
  try {
    checkText(name);
  } catch (error) {
    if (error instanceof SafeMobileError) throw new ServiceError('invalid-request', `name: ${error.message}`);
    throw error;
  }
  const length = Buffer.byteLength(name);
  if (name.trim() === '' || length > octets) {
    throw new ServiceError('invalid-request', `name: expected 1 to ${octets} octets of UTF-8, got ${length}`);
  }
}

/**
 * Checks a name that phones show beside what is the application's own: of a merchant or relying party.
 * @param octets of UTF-8 that it may have @throws ServiceError `invalid-request`
 */
export function checkNameOnPhones(name: string, octets: number): void {
  checkName(name, octets);
  const strange = strangeLetter(name);
  if (strange !== undefined)
    throw new ServiceError('invalid-request', `name: the letter ${strange} is not taken, as it may look like another`);
  if (looksLike(name, APPLICATION_NAME))
    throw new ServiceError(
      'invalid-request',
      `name: it looks like ${APPLICATION_NAME}, which is the application itself`,
    );
}
