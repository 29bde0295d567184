import { type AtValue, numberIn, textIn, valuesOf } from '../../modem/index.ts';
import type { Portrait } from '../../modem/portrait/index.ts';
import { type Personality, standardPersonality } from './personality.ts';
import type { Settings } from './settings.ts';

/** Commands whose set form takes only what the test form offers. */
const CHECKED: readonly string[] = [
  ...['+CNMI', '+CPMS', '+CSCS', '+CMGF', '+CSMS', '+CSDH', '+CMMS', '+CMEE', '+CREG', '+CGREG', '+CFUN'],
];

type Lines = readonly string[];

/** The personality of a portrait: it answers as the portrait says, and otherwise follows the standards. */
export function personalityOfPortrait(portrait: Portrait): Personality {
  const { manners, delays, codes, answers, found, missing } = portrait;
  const standard = standardPersonality;
  const offers = offersIn(answers);
  const taken = [...Object.keys(offers).map((name) => `${name}=?`), '+CPIN?', '+CREG?', '+CGREG?'];
  const rest = Object.entries(answers).filter(([form, lines]) => !(taken.includes(form) && lines.at(-1) === 'OK'));
  return {
    ...standard,
    id: portrait.name,
    description: 'speaks as its portrait says',
    manufacturer: answers['+CGMI']?.[0] ?? '',
    model: answers['+CGMM']?.[0] ?? '',
    revision: answers['+CGMR']?.[0] ?? '',
    unknownCommand: manners.unknownCommand,
    wire: {
      ...standard.wire,
      echoes: manners.echo !== 'never',
      lineStart: manners.lineStart,
      lineEnd: manners.lineEnd,
      prompt: manners.prompt ?? standard.wire.prompt,
      promptDelayMs: Math.max(0, (manners.promptMs ?? delays.usualMs) - delays.usualMs),
      answersEscape: manners.escape !== 'silence',
      orphanOkAfterError: manners.okAfterError,
      nuls: manners.nuls,
      staleAtOpen: manners.waiting,
      firstLine: manners.firstLine,
    },
    start: {
      ...standard.start,
      readyState: manners.simState,
      pinAnswer: whole(answers['+CPIN?']) ?? standard.start.pinAnswer,
    },
    network: {
      registration: whole(answers['+CREG?'])?.replace(/^\+CREG: ?/, '') ?? standard.network.registration,
    },
    delays,
    atStart: { settings: settingsIn(found), talk: { echo: manners.echo !== 'off' } },
    found,
    offers,
    without: commandsWithout(portrait),
    answers: {
      ...Object.fromEntries(rest),
      ...Object.fromEntries(missing.map((form) => [form, [manners.unknownCommand]])),
    },
    noise: codes === undefined ? undefined : { everyMs: codes.everyMs, codes: codes.lines },
  };
}

/** The line of an answer that has one line and `OK`. */
function whole(lines: Lines | undefined): string | undefined {
  return lines?.length === 2 && lines[1] === 'OK' ? lines[0] : undefined;
}

/** The answers to the test forms of {@link CHECKED}, where they are lists of values. */
function offersIn(answers: Portrait['answers']): Readonly<Record<string, string>> {
  const offers = CHECKED.flatMap((name) => {
    const line = whole(answers[`${name}=?`]);
    const said = line?.startsWith(`${name}: `) ? line.slice(name.length + 2) : undefined;
    return said !== undefined && valuesOf(said).every(isListOfValues) ? [[name, said] as const] : [];
  });
  return Object.fromEntries(offers);
}

function isListOfValues(value: AtValue): boolean {
  return value.kind === 'list' && value.items.length > 0 && value.items.every((item) => textIn(item) !== undefined);
}

/** Commands of which the modem has no form. */
function commandsWithout({ answers, found, live, missing }: Portrait): readonly string[] {
  const nameOf = (form: string) => form.replace(/=?\?$/, '');
  const there = new Set([...Object.keys(answers), ...Object.keys(found), ...live].map(nameOf));
  return [...new Set(missing.map(nameOf))].filter((name) => !there.has(name));
}

/** How each setting is read out of the answer to its read form. */
const READERS: Readonly<Record<string, (values: readonly AtValue[]) => Partial<Settings>>> = {
  '+CMEE?': ([n]) => ({ errorFormat: numberIn(n) ?? 0 }),
  '+CMGF?': ([mode]) => ({ messageFormat: numberIn(mode) === 1 ? 'text' : 'pdu' }),
  '+CSCS?': ([name]) => ({ charset: textIn(name) ?? 'IRA' }),
  '+CSDH?': ([show]) => ({ textHeaders: numberIn(show) === 1 }),
  '+CSMS?': ([service]) => ({ messageService: numberIn(service) ?? 0 }),
  '+CMMS?': ([n]) => ({ keepLink: numberIn(n) ?? 0 }),
  '+CNMI?': ([mode, mt, bm, ds, bfr]) => ({
    indications: {
      mode: numberIn(mode) ?? 0,
      mt: numberIn(mt) ?? 0,
      bm: numberIn(bm) ?? 0,
      ds: numberIn(ds) ?? 0,
      bfr: numberIn(bfr) ?? 0,
    },
  }),
  '+CSMP?': ([fo, vp, pid, dcs]) => ({
    textParameters: {
      fo: numberIn(fo) ?? 17,
      vp: numberIn(vp) ?? 167,
      pid: numberIn(pid) ?? 0,
      dcs: numberIn(dcs) ?? 0,
    },
  }),
  '^USSDMODE?': ([mode]) => ({ ussdMode: numberIn(mode) ?? 1 }),
};

function settingsIn(found: Portrait['found']): Partial<Settings> {
  const settings = Object.entries(READERS).map(([form, read]) => {
    const line = whole(found[form]);
    return line === undefined ? {} : read(valuesOf(line));
  });
  return Object.assign({}, ...settings);
}
