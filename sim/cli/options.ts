import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

/** A parser of whole numbers from `from` to `to`, for an option. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < from || number > to) {
      throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
    }
    return number;
  };
}

/** A parser of one of several words. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
    return word;
  };
}

/** Octets written in hex. */
export function hex(text: string): string {
  if (!/^([0-9A-Fa-f]{2})*$/.test(text)) throw new InvalidArgumentError('It must be pairs of hex digits.');
  return text;
}

/** The address of a running simulation. */
function controlUrl(text: string): string {
  if (!URL.canParse(text) || !text.startsWith('http://')) {
    throw new InvalidArgumentError('It must be the URL that gsm-sim serve printed, http://127.0.0.1:PORT.');
  }
  return text.replace(/\/$/, '');
}

/** Adds the option that every command to a running simulation needs. */
export function withControl(command: Command): Command {
  return command.requiredOption('--control <url>', 'the control URL that gsm-sim serve printed', controlUrl);
}
