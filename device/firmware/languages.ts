import type { Trust } from './signer.ts';

/** The languages the phone speaks. */
export const LANGUAGES = ['en', 'it'] as const;

/** A language by its ISO 639 letters. */
export type Language = (typeof LANGUAGES)[number];

/** Whether letters from outside are a language of {@link LANGUAGES}. */
export function isLanguage(letters: string): letters is Language {
  return LANGUAGES.some((language) => language === letters);
}

/** What a language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', it: 'Italiano' };

/** The phone's own words; `{}` stands for what is filled in. */
export interface ShellTexts {
  readonly select: string;
  readonly options: string;
  readonly ok: string;
  readonly back: string;
  readonly menu: string;
  readonly messages: string;
  /** The title of a message that is shown at once. */
  readonly message: string;
  readonly applications: string;
  readonly settings: string;
  readonly language: string;
  readonly openApplications: string;
  readonly atOnce: string;
  readonly askFirst: string;
  readonly noMessages: string;
  readonly noApplications: string;
  readonly read: string;
  readonly delete: string;
  readonly from: string;
  readonly at: string;
  readonly unread: string;
  readonly waits: string;
  readonly openNow: string;
  readonly openForAlarm: string;
  readonly open: string;
  readonly later: string;
  readonly details: string;
  readonly version: string;
  readonly vendor: string;
  readonly permissions: string;
  readonly applicationFailed: string;
  /** In the row that says whose screen it is: the phone's own. */
  readonly phone: string;
  /** In the same row, before the name of an application. */
  readonly marks: Readonly<Record<Trust, string>>;
  readonly decimalPoint: '.' | ',';
}

const english: ShellTexts = {
  select: 'Select',
  options: 'Options',
  ok: 'OK',
  back: 'Back',
  menu: 'Menu',
  messages: 'Messages',
  message: 'Message',
  applications: 'Applications',
  settings: 'Settings',
  language: 'Language',
  openApplications: 'When an SMS wakes an application',
  atOnce: 'Open it at once',
  askFirst: 'Ask first',
  noMessages: 'No messages',
  noApplications: 'No applications',
  read: 'Read',
  delete: 'Delete',
  from: 'From',
  at: 'Sent',
  unread: '{} unread',
  waits: '{} waits',
  openNow: 'A message for {} has come. Open it now?',
  openForAlarm: 'The alarm of {} rings. Open it now?',
  open: 'Open',
  later: 'Later',
  details: 'Details',
  version: 'Version',
  vendor: 'Vendor',
  permissions: 'Permissions',
  applicationFailed: '{} had to be closed.',
  phone: 'Phone',
  marks: { trusted: '✓', signed: 'UNKNOWN KEY', unsigned: 'NOT SIGNED' },
  decimalPoint: '.',
};

const italian: ShellTexts = {
  select: 'Scegli',
  options: 'Opzioni',
  ok: 'OK',
  back: 'Indietro',
  menu: 'Menu',
  messages: 'Messaggi',
  message: 'Messaggio',
  applications: 'Applicazioni',
  settings: 'Impostazioni',
  language: 'Lingua',
  openApplications: 'Se un SMS avvia una applicazione',
  atOnce: 'Apri subito',
  askFirst: 'Chiedi prima',
  noMessages: 'Nessun messaggio',
  noApplications: 'Nessuna applicazione',
  read: 'Leggi',
  delete: 'Elimina',
  from: 'Da',
  at: 'Inviato',
  unread: '{} da leggere',
  waits: '{} attende',
  openNow: 'È arrivato un messaggio per {}. Aprire ora?',
  openForAlarm: 'Suona la sveglia di {}. Aprire ora?',
  open: 'Apri',
  later: 'Più tardi',
  details: 'Dettagli',
  version: 'Versione',
  vendor: 'Fornitore',
  permissions: 'Permessi',
  applicationFailed: '{} è stata chiusa.',
  phone: 'Telefono',
  marks: { trusted: '✓', signed: 'CHIAVE IGNOTA', unsigned: 'NON FIRMATA' },
  decimalPoint: ',',
};

/** The phone's own words in each language. */
export const SHELL_TEXTS: Readonly<Record<Language, ShellTexts>> = { en: english, it: italian };
