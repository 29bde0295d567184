import type { TimeStamp } from '../../modem/index.ts';

const QUARTER_MS = 15 * 60 * 1_000;

/** `yy/MM/dd,hh:mm:ss±zz`, local time with its zone in quarters of an hour (3GPP TS 27.005, 3.1, `<scts>`). */
export function timeText({ at, zone }: TimeStamp): string {
  const local = new Date(at + zone * QUARTER_MS).toISOString();
  const [, date, time] = /^\d\d(\d\d-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(local) ?? [];
  const sign = zone < 0 ? '-' : '+';
  return `${date?.replaceAll('-', '/')},${time}${sign}${String(Math.abs(zone)).padStart(2, '0')}`;
}

/** The moment that such a text names, or `undefined` when it is none. Without a zone it is UTC. */
export function timeOf(text: string): number | undefined {
  const parts = /^(\d\d)\/(\d\d)\/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)?$/.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', zone = '0'] = parts;
  const at = Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // A 30th of February is read as a 2nd of March.
  if (Number.isNaN(at) || new Date(at).getUTCDate() !== Number(day)) return undefined;
  return at - Number(zone) * QUARTER_MS;
}
