import { type Clock, systemClock } from '../clock.ts';
import { ModemError } from '../error.ts';
import type { Port } from '../port/port.ts';
import { tracePort } from '../port/trace.ts';

/** After so long without an answer, in ms, the user is told what came from the port. A slow modem may still answer later. */
const TELL_MS = 6_000;

/** After so long without an answer, in ms, a port with NMEA sentences is given up: two `AT`s have been typed by then. */
const NMEA_MS = 3_000;

/** Characters that are kept of what comes from a port. */
const KEPT = 2_000;
const SHOWN = 60;

const ANSWER = /^(?:OK|ERROR|0|4|\+CM[ES] ERROR: .*)$/;
/** The sentences of a positioning receiver (NMEA 0183): a talker, three letters, fields with commas. */
const NMEA = /^\$[A-Z]{5},/;

/** Fewer octets are not enough to tell what a port says, and this share of octets that no text has is no text. */
const ENOUGH_OCTETS = 16;
const BINARY_SHARE = 0.3;

const ELSEWHERE = 'gsm-modem list --find finds the right port of the stick';
const NO_TEXT = `it says octets that are no text: is --baud right, and is this the command port? ${ELSEWHERE}`;
const ARE_YOU_THERE = 'is the modem switched on, and is this its command port?';

/** A port that is listened to while a modem is looked for on it. */
export interface HeardPort {
  readonly port: Port;
  /** Waits for the opening; when it finds no modem, adds to its error what came from the port. @throws what the opening throws */
  opened<T>(opening: Promise<T>): Promise<T>;
}

/**
 * Listens to a port while a modem is opened on it. When no answer came for {@link TELL_MS}, `tell` gets what came instead. A
 * port with octets that are no text is closed then, and one with NMEA sentences (the stick's GPS receiver) after
 * {@link NMEA_MS}: no modem will answer there. A silent port and one that only echoes may belong to a modem that takes 10 s for its first answer.
 */
export function withHearing(bare: Port, clock: Clock, tell: (text: string) => void): HeardPort {
  let said = '';
  let typed = '';
  let isListening = true;
  const linesSaid = () => linesIn(said);
  const port = tracePort(bare, clock, (event) => {
    if (!isListening || !('octets' in event)) return;
    const text = Buffer.from(event.octets).toString('latin1');
    if (event.kind === 'received') said = (said + text).slice(-KEPT);
    else typed = (typed + text).slice(-KEPT);
  });
  return {
    port,
    async opened(opening) {
      let isHopeless = false;
      const giveUp = () => {
        isHopeless = true;
        void port.close();
      };
      const timers = [
        clock.after(NMEA_MS, () => {
          if (!isAnswer(said) && saysNmea(linesSaid())) giveUp();
        }),
        clock.after(TELL_MS, () => {
          const lines = linesSaid();
          if (isAnswer(said)) return;
          if (isBinary(said) || saysNmea(lines)) giveUp();
          else {
            const advice = isEcho(lines, linesIn(typed)) ? `: ${ARE_YOU_THERE}` : '';
            tell(`no answer yet: ${wordsFor(lines, linesIn(typed))}${advice}`);
          }
        }),
      ];
      try {
        return await opening;
      } catch (error) {
        const words = isBinary(said) ? NO_TEXT : wordsFor(linesSaid(), linesIn(typed));
        if (isHopeless) throw new ModemError('not-a-modem', `there is no modem on this port: ${words}`);
        if (!(error instanceof ModemError && error.code === 'not-a-modem')) throw error;
        throw new ModemError('not-a-modem', `${error.message} (${words})`, { cause: error });
      } finally {
        for (const cancel of timers) cancel();
        isListening = false;
      }
    },
  };
}

/** {@link withHearing} for an executable: what came in place of an answer is a line on stderr, with `json` an object. */
export function heardPort(port: Port, json: boolean): HeardPort {
  const { name } = port;
  return withHearing(port, systemClock, (text) => {
    process.stderr.write(
      json ? `${JSON.stringify({ event: 'waiting', port: name, heard: text })}\n` : `${name}: ${text}\n`,
    );
  });
}

/** Whether a line is an answer. One in a hundred random octets is a digit: `0` and `4` alone are answers only among text. */
function isAnswer(said: string): boolean {
  const isNoText = isBinary(said);
  return linesIn(said).some((line) => ANSWER.test(line) && !(isNoText && line.length === 1));
}

function saysNmea(lines: readonly string[]): boolean {
  return lines.some((line) => NMEA.test(line));
}

/** Whether this is no text: NULs do not count, because some modems send them between their lines. */
function isBinary(text: string): boolean {
  const octets = text.replaceAll('\0', '');
  const others = octets.replaceAll(/[\t\r\n\x20-\x7e]/g, '');
  return octets.length >= ENOUGH_OCTETS && others.length > octets.length * BINARY_SHARE;
}

/** In words, what comes from a port: nothing, an echo of what was typed, NMEA sentences, `OK` to everything. */
export function wordsFor(said: readonly string[], typed: readonly string[]): string {
  const [first] = said;
  if (first === undefined) return 'the port is silent';
  const sentence = said.find((line) => NMEA.test(line));
  if (sentence !== undefined) return `it says NMEA sentences, "${shown(sentence)}", as a GPS receiver; ${ELSEWHERE}`;
  if (isEcho(said, typed)) return 'the port only echoes what is typed';
  const others = said.filter((line) => !typed.includes(line));
  if (others.every((line) => line === 'OK')) return `it says OK to everything, and nothing else; ${ELSEWHERE}`;
  return `it says "${shown(others.join(' | '))}"`;
}

/** Whether nothing is said but what was typed, or nothing at all. */
function isEcho(said: readonly string[], typed: readonly string[]): boolean {
  return said.every((line) => typed.includes(line));
}

function linesIn(text: string): readonly string[] {
  return text
    .split(/\p{Cc}+/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The beginning of a text; what is not printable stands as a dot. */
function shown(text: string): string {
  const printable = text.replaceAll(/[^\x20-\x7e]/g, '.');
  return printable.length > SHOWN ? `${printable.slice(0, SHOWN)}…` : printable;
}
