import type { Clock } from '../../modem/index.ts';
import { type Download, FlashError } from '../hal/index.ts';
import { expectClasses } from '../machine/classes.ts';
import { StringItem } from '../midp/index.ts';
import type { Primitives } from '../safe-mobile/index.ts';
import {
  InstallError,
  type InstallStatus,
  installNotifyUrl,
  type Offer,
  openSuite,
  readOffer,
} from '../suite/index.ts';
import type { HandsetEvent } from './events.ts';
import { imitatedBy } from './imitation.ts';
import { trustText } from './indicator.ts';
import { InstallScreens, type InstallScreensPhone } from './install-screens.ts';
import { INSTALL_TEXTS, type InstallTexts } from './install-texts.ts';
import type { Language } from './languages.ts';
import type { Link } from './link.ts';
import { LoadError, Loader, type Loading } from './loader.ts';
import type { RequestedLink } from './midlet-run.ts';
import type { Notices } from './notices.ts';
import { signedBy, type Trust } from './signer.ts';
import type { Installation, Replacement, ScriptLoader, Suite, SuiteMidlet, Suites } from './suites.ts';

/** The part of the phone that the installer uses. */
export interface InstallerPhone extends InstallScreensPhone {
  readonly download: Download;
  readonly clock: Clock;
  readonly primitives: Primitives;
  readonly suites: Suites;
  readonly scripts: ScriptLoader | undefined;
  readonly notices: Notices;
  readonly language: Language;
  emit(event: HandsetEvent): void;
  /** A suite was installed. */
  installed(installation: Installation): void;
  launch(application: SuiteMidlet): void;
  /** Back to the idle screen. */
  leave(): void;
}

/** An installation that is under way. */
interface Attempt {
  readonly link: Link;
  readonly by: string | undefined;
  readonly cancel: AbortController;
  /** Where its status goes; known when the descriptor is there. */
  notify: string | undefined;
}

/**
 * Installs applications over the air (JSR-118, over the air provisioning): the owner opens a link, sees what it offers, and the phone loads
 * and checks it. Nothing is written before everything is there and right.
 */
export class Installer {
  readonly #phone: InstallerPhone;
  readonly #screens: InstallScreens;
  readonly #loader: Loader;
  #attempt: Attempt | undefined;

  constructor(phone: InstallerPhone) {
    this.#phone = phone;
    this.#screens = new InstallScreens(phone);
    this.#loader = new Loader(phone.download, phone.clock);
  }

  /** Opens a link for an application that has ended, unless the owner is at another installation. */
  openFor({ link, by }: RequestedLink): void {
    if (this.#attempt === undefined) this.open(link, by);
  }

  /** Begins an installation; another one that is under way is cancelled. @param by the application that wants it; absent: the owner does */
  open(link: Link, by?: string): void {
    this.cancel();
    const attempt: Attempt = { link, by, cancel: new AbortController(), notify: undefined };
    this.#attempt = attempt;
    this.#install(attempt).catch((error: unknown) => this.#failed(error, attempt));
  }

  /** Shows the installation that is under way, after an application had the screen. */
  again(): void {
    this.#screens.again();
  }

  /** Ends the installation that is under way. */
  cancel(): void {
    this.#attempt?.cancel.abort();
    this.#attempt = undefined;
    this.#screens.clear();
  }

  async #install(attempt: Attempt): Promise<void> {
    const texts = this.#texts;
    const { link, cancel } = attempt;
    const { primitives, suites, scripts } = this.#phone;
    if (!(await this.#confirms(attempt, texts))) return this.#end(attempt);
    const descriptor = await this.#loader.descriptor(link.url, this.#loading(cancel, texts));
    attempt.notify = installNotifyUrl(descriptor);
    const offer = readOffer(descriptor, primitives);
    const replacement = suites.replacedBy(offer);
    if (!(await this.#accepts(offer, replacement, texts))) throw cancelled();
    const jar = await this.#loader.jar(offer, link.url, this.#loading(cancel, texts, offer.jar.octets));
    const content = openSuite(offer, jar, primitives);
    if (scripts === undefined) throw new InstallError(908, 'This phone runs no downloaded applications');
    await expectClasses(content, { boot: scripts });
    await this.#screens.free();
    if (cancel.signal.aborted) throw cancelled();
    const installation = suites.installDownloaded(content, jar, link.url);
    this.#phone.installed(installation);
    this.#tell(attempt, 900);
    await this.#offerStart(installation, attempt, texts);
  }

  async #offerStart({ suite }: Installation, attempt: Attempt, texts: InstallTexts): Promise<void> {
    const { name, midlets } = suite.descriptor;
    const starts = await this.#screens.ask({
      title: texts.installed,
      items: [
        new StringItem(
          '',
          texts.startNow.replace('{}', () => name),
        ),
      ],
      yes: texts.start,
      no: texts.later,
    });
    this.#end(attempt);
    if (starts) this.#phone.launch({ suite, midlet: midlets[0] });
  }

  #tell({ notify }: Attempt, status: InstallStatus): void {
    if (notify !== undefined) this.#phone.notices.add(notify, status);
  }

  #confirms({ link, by }: Attempt, texts: InstallTexts): Promise<boolean> {
    const asks = by === undefined ? texts.openText : texts.openFor.replace('{}', () => by);
    return this.#screens.ask({
      title: texts.openTitle,
      items: [new StringItem('', asks), new StringItem(texts.server, link.host)],
      yes: texts.open,
      no: texts.back,
    });
  }

  #accepts(offer: Offer, replacement: Replacement | undefined, texts: InstallTexts): Promise<boolean> {
    const { suites } = this.#phone;
    const signer = signedBy(offer.signer);
    const [imitated] = imitatedBy({ ...offer, midlets: [], signer }, suites.installed);
    const facts = { replacement, trust: suites.trustOf(signer), imitated };
    return this.#screens.ask({
      title: texts.installTitle,
      items: offerLines(offer, facts, texts).map(([label, text]) => new StringItem(label, text)),
      yes: texts.install,
      no: texts.cancel,
    });
  }

  #loading({ signal }: AbortController, texts: InstallTexts, total?: number): Loading {
    const cancel = { label: texts.cancel, does: () => this.#cancelled() };
    return { signal, progress: this.#screens.progress(texts.loading, texts.octets, cancel, total) };
  }

  /** The owner has cancelled a download. */
  #cancelled(): void {
    this.cancel();
    this.#phone.leave();
  }

  #failed(error: unknown, attempt: Attempt): void {
    const { status, words } = failureOf(error, this.#texts);
    const reason = error instanceof Error ? error.message : String(error);
    if (status !== undefined) this.#tell(attempt, status);
    this.#phone.emit({ kind: 'not-installed', ...(status === undefined ? {} : { status }), reason });
    if (status === 902) this.#end(attempt);
    else if (this.#attempt === attempt) this.#say(words, attempt);
  }

  #say(words: string, attempt: Attempt): void {
    void this.#screens.tell(this.#texts.notInstalled, words, 'ERROR').then(() => this.#end(attempt));
  }

  #end(attempt: Attempt): void {
    if (this.#attempt !== attempt) return;
    this.#attempt = undefined;
    this.#screens.clear();
    if (this.#phone.hasScreen) this.#phone.leave();
  }

  get #texts(): InstallTexts {
    return INSTALL_TEXTS[this.#phone.language];
  }
}

function cancelled(): InstallError {
  return new InstallError(902, 'The owner of the phone has cancelled the installation');
}

/** What this phone knows of an offer. */
interface OfferFacts {
  readonly replacement: Replacement | undefined;
  readonly trust: Trust;
  /** A suite of another maker, whose name looks like this one. */
  readonly imitated: Suite | undefined;
}

/** What an offer is, as lines with labels. */
function offerLines(
  { name, version, vendor, jar, signer: key }: Offer,
  { replacement, trust, imitated }: OfferFacts,
  texts: InstallTexts,
): readonly (readonly [label: string, text: string])[] {
  const { before, isDowngrade = false, erasesRecords = false } = replacement ?? {};
  const isKnown = trust === 'signed' && before?.signer.kind === 'key';
  const present = before?.descriptor.version ?? '';
  return [
    [texts.name, name],
    ...(imitated === undefined ? [] : [[texts.beware, imitatedText(imitated, texts)] as const]),
    ...(isDowngrade ? [[texts.replaces, texts.downgrade.replace('{}', present)] as const] : []),
    ...(erasesRecords ? [[texts.data, texts.erased] as const] : []),
    [texts.version, version],
    [texts.vendor, vendor],
    [texts.size, texts.kilobytes.replace('{}', String(Math.ceil(jar.octets / 1024)))],
    [texts.trust, isKnown ? texts.sameSigner : trustText(signedBy(key), trust, texts)],
    ...(before === undefined || isDowngrade ? [] : [[texts.replaces, present] as const]),
  ];
}

function imitatedText({ descriptor }: Suite, texts: InstallTexts): string {
  return texts.looksLike.replace('{name}', () => descriptor.name).replace('{vendor}', () => descriptor.vendor);
}

/** What an installation failed with: what its server is told, and what its owner reads. */
interface Failure {
  readonly status: Exclude<InstallStatus, 900 | 912> | undefined;
  readonly words: string;
}

function failureOf(error: unknown, { failures, troubles }: InstallTexts): Failure {
  if (error instanceof LoadError) {
    const { status, trouble } = error;
    return { status, words: status === undefined ? `${troubles[trouble]}.` : `${troubles[trouble]} (${status}).` };
  }
  if (error instanceof FlashError) return { status: 901, words: failures[901] };
  if (error instanceof InstallError && error.status !== 900 && error.status !== 912 && error.status !== 903)
    return { status: error.status, words: failures[error.status] };
  throw error;
}
