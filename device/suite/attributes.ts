import { strangeLetter } from './look-alike.ts';
import { InstallError } from './status.ts';

/** Characters of the longest URL (JSR-118, application descriptor: a longer one is refused with 906). */
export const URL_LIMIT = 256;

/** Characters of the longest name: a longer one is a text, and pushes what the phone itself says off the screen. */
const NAME_LIMIT = 64;

/** Names that the owner of the phone reads before an installation. */
const SHOWN: readonly string[] = ['MIDlet-Name', 'MIDlet-Vendor'];
/** A character that a screen shows as nothing or as a blank, though it is not the blank: two suites would look the same. */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/u;
/** What the service of an X.509 certificate signs a JAR with: this phone has no certificates to check it by. */
const CERTIFIED = /^MIDlet-(?:Jar-RSA-SHA1|Certificate-\d+-\d+)$/;

/**
 * Looks at the attributes of a descriptor and manifest that are not read elsewhere (JSR-118, table of attributes).
 * @throws InstallError 906 for a name that is too long, with a character that nobody sees or a {@link strangeLetter}, for MIDlets with a gap between their numbers and for a URL
 * that is none, 909 for a signature by certificate
 */
export function expectAttributes(attributes: ReadonlyMap<string, string>): void {
  for (const [name, value] of attributes) {
    if (SHOWN.includes(name) || /^MIDlet-\d+$/.test(name)) expectName(name, value);
    if (CERTIFIED.test(name))
      throw new InstallError(909, `${name}: this phone checks MIDlet-Signature, and no certificate`);
  }
  expectNoGap(attributes);
  for (const name of ['MIDlet-Install-Notify', 'MIDlet-Delete-Notify', 'MIDlet-Info-URL']) {
    const url = attributes.get(name);
    if (url !== undefined && !isWebAddress(url))
      throw new InstallError(906, `${name} is to be an http or https URL of at most ${URL_LIMIT} characters`);
  }
}

/** @throws InstallError 906 for a value with a character that nobody sees or a strange letter, in decomposed letters, or with a name that is too long */
function expectName(name: string, value: string): void {
  const [invisible] = INVISIBLE.exec(value) ?? [];
  if (invisible !== undefined)
    throw new InstallError(906, `${name} has a character that nobody sees, ${codeOf(invisible)}`);
  const strange = strangeLetter(value);
  if (strange !== undefined)
    throw new InstallError(
      906,
      `${name} has a letter that is not taken, as it may look like another: ${codeOf(strange)}`,
    );
  const [shown = ''] = SHOWN.includes(name) ? [value] : value.split(',');
  if (Array.from(shown).length > NAME_LIMIT)
    throw new InstallError(906, `${name} has a name of more than ${NAME_LIMIT} characters`);
  if (value !== value.normalize('NFC'))
    throw new InstallError(906, `${name} is to be written in composed letters (Unicode, form NFC)`);
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Whether a text is an http or https URL, relative or absolute: of the characters of RFC 3986, with escapes of UTF-8 and of no controls. */
export function isWebReference(url: string): boolean {
  if (url.length > URL_LIMIT || !/^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/.test(url)) return false;
  return isEscaped(url) && ['http:', 'https:'].includes(URL.parse(url, 'http://host/')?.protocol ?? '');
}

/** Whether a text is an http or https URL with a host. */
export function isWebAddress(url: string): boolean {
  return isWebReference(url) && /^https?:\/\/[^/?#]/i.test(url);
}

function isEscaped(url: string): boolean {
  try {
    return !/\p{Cc}/u.test(decodeURIComponent(url));
  } catch {
    return false;
  }
}

/** JSR-118: the lowest n of `MIDlet-n` is 1, and n has no gap. (A gap in `MIDlet-Push-n` ends the list.) */
function expectNoGap(attributes: ReadonlyMap<string, string>): void {
  for (const name of attributes.keys()) {
    const [, digits] = /^MIDlet-(\d+)$/.exec(name) ?? [];
    if (digits === undefined || digits === '1' || attributes.has(`MIDlet-${Number(digits) - 1}`)) continue;
    throw new InstallError(906, `${name} is there, and the number before it is not`);
  }
}
