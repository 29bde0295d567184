import type { Cancel, Clock } from '../../modem/index.ts';
import type { Download, Downloaded, LostBecause, RefusedBecause } from '../hal/index.ts';
import { InstallError, JAD_LIMIT, type Offer } from '../suite/index.ts';

/** A server may be silent for so long, ms. */
const SILENCE_MS = 10_000;
/** A file may take so long as a whole, ms. */
const WHOLE_MS = 120_000;

/** The media types of a descriptor and a JAR (JSR-118, over the air provisioning, 3). */
const DESCRIPTOR_TYPE = 'text/vnd.sun.j2me.app-descriptor';
const JAR_TYPE = 'application/java-archive';

/** What went wrong on the way to a file: the phone, the network, or an answer of the server that is no file. */
export type Trouble = RefusedBecause | LostBecause | 'nothing' | 'forbidden' | 'fault';

/** A file that did not come. A link that leads to no descriptor has no status: there is nobody who could be told it. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly trouble: Trouble;
  readonly status: 903 | 907 | undefined;

  constructor(trouble: Trouble, status: LoadError['status'], message: string) {
    super(message);
    this.trouble = trouble;
    this.status = status;
  }
}

/** What is to end a download, and who hears of its progress. */
export interface Loading {
  readonly signal: AbortSignal;
  progress(octets: number): void;
}

/** Fetches descriptors and JARs, each within its time. */
export class Loader {
  readonly #download: Download;
  readonly #clock: Clock;

  constructor(download: Download, clock: Clock) {
    this.#download = download;
    this.#clock = clock;
  }

  /** @throws LoadError with 903 or without a status, InstallError 902 when it was cancelled, 906 */
  async descriptor(url: string, loading: Loading): Promise<Uint8Array> {
    const loaded = await this.#get(url, JAD_LIMIT, loading);
    switch (loaded.kind) {
      case 'content':
        return contentOf(url, loaded, DESCRIPTOR_TYPE, 906);
      case 'too-long':
        throw new InstallError(906, `The descriptor is longer than ${JAD_LIMIT} octets`);
      default:
        throw failed(url, loaded, undefined);
    }
  }

  /**
   * @param base the URL of the descriptor: that of the JAR may be relative to it
   * @throws LoadError 903, 907; InstallError 902 when it was cancelled, 904 for more octets than the descriptor says, 907
   */
  async jar({ jar }: Offer, base: string, loading: Loading): Promise<Uint8Array> {
    const url = URL.parse(jar.url, base)?.href;
    if (url === undefined) throw new InstallError(906, `MIDlet-Jar-URL is no URL: ${jar.url}`);
    const loaded = await this.#get(url, jar.octets, loading);
    switch (loaded.kind) {
      case 'content':
        return contentOf(url, loaded, JAR_TYPE, 907);
      case 'too-long':
        throw new InstallError(904, `The JAR has more than the ${jar.octets} octets that the descriptor says`);
      default:
        throw failed(url, loaded, 907);
    }
  }

  async #get(url: string, limit: number, { signal, progress }: Loading): Promise<Downloaded> {
    const stop = new AbortController();
    const stopped = new Promise<Downloaded>((resolve) => {
      stop.signal.addEventListener('abort', () =>
        resolve({ kind: 'lost', because: 'silent', reason: `${url} gives nothing in time` }),
      );
    });
    const end = () => stop.abort();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const whole = this.#clock.after(WHOLE_MS, end);
    let silence: Cancel = this.#clock.after(SILENCE_MS, end);
    const heard = (octets: number) => {
      if (stop.signal.aborted) return;
      silence();
      silence = this.#clock.after(SILENCE_MS, end);
      progress(octets);
    };
    const loading = this.#download.get(url, { limit, signal: stop.signal, progress: heard });
    const loaded = await Promise.race([loading, stopped]);
    whole();
    silence();
    signal.removeEventListener('abort', end);
    if (signal.aborted) throw new InstallError(902, 'The owner of the phone has cancelled the installation');
    return loaded;
  }
}

/** @param status of a file that the server does not give */
function failed(
  url: string,
  loaded: Exclude<Downloaded, { kind: 'content' | 'too-long' }>,
  status: 907 | undefined,
): LoadError {
  if (loaded.kind === 'lost') return new LoadError(loaded.because, 903, loaded.reason);
  if (loaded.kind === 'refused') return new LoadError(loaded.because, status, loaded.reason);
  return new LoadError(troubleOf(loaded.status), status, `${url} answers ${loaded.status}`);
}

/** @param status of HTTP (RFC 9110, 15), other than 200 */
function troubleOf(status: number): Trouble {
  if (status === 404 || status === 410) return 'nothing';
  if (status === 401 || status === 403) return 'forbidden';
  return status >= 500 ? 'fault' : 'answer';
}

function contentOf(
  url: string,
  { type, octets }: Extract<Downloaded, { kind: 'content' }>,
  expected: string,
  status: 906 | 907,
): Uint8Array {
  if (type !== expected)
    throw new InstallError(status, `${url} gives ${type === '' ? 'no type' : type}, not ${expected}`);
  return octets;
}
