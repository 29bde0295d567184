import { isWebAddress } from './attributes.ts';

/** The attribute whose URL is told how an installation ended. */
const INSTALL_NOTIFY = /^MIDlet-Install-Notify[ \t]*:[ \t]*(?<url>\S+)[ \t]*$/m;

/**
 * Where the status of an installation goes (JSR-118, over the air provisioning, 6). A descriptor that is refused has it too, so it is
 * looked for in the lines alone.
 * @returns `undefined` when there is none, or it is no URL of http or https
 */
export function installNotifyUrl(descriptor: Uint8Array): string | undefined {
  const text = Buffer.from(descriptor).toString('latin1').replaceAll('\r', '\n');
  const url = INSTALL_NOTIFY.exec(text)?.groups?.['url'];
  return url !== undefined && isWebAddress(url) ? url : undefined;
}
