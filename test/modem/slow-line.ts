import type { FarEnd, FarEndEvents } from '../../modem/index.ts';
import type { VirtualClock } from '../../sim/index.ts';

/** How a line and the modem behind it take their time. */
export interface Slowness {
  /** Each octet is so long under way, in ms, in each direction. */
  readonly lineMs?: number;
  /** The modem works so long on each command, in ms, one after the other; what is typed meanwhile waits. */
  readonly commandMs?: number;
  /** Beyond that it works so long on this command, in ms. */
  readonly takes?: (typed: string) => number;
  /** The first command takes so much longer, in ms. */
  readonly firstMs?: number;
  /** The modem is asleep: what wakes it is not heard. */
  readonly swallows?: number;
  /** What is typed comes back at once, before the modem works on it. */
  readonly echo?: boolean;
}

/** A far end behind a slow line, of a slow modem. */
export function slowFarEnd(farEnd: FarEnd, clock: VirtualClock, slowness: Slowness): FarEnd {
  const { lineMs = 0, commandMs = 0, takes = () => 0, firstMs = 0, swallows = 0, echo = false } = slowness;
  let typed = '';
  let heard = 0;
  let freeAt = 0;
  const write = (octets: Uint8Array) => {
    if (lineMs === 0) farEnd.write(octets);
    else clock.after(lineMs, () => farEnd.write(octets));
  };
  const work = (events: FarEndEvents, text: string) => {
    heard += 1;
    if (heard <= swallows) return;
    const first = heard === swallows + 1 ? firstMs : 0;
    freeAt = Math.max(freeAt, clock.now()) + commandMs + takes(text) + first;
    const octets = Buffer.from(text, 'latin1');
    if (freeAt === clock.now()) events.data(octets);
    else clock.after(freeAt - clock.now(), () => events.data(octets));
  };
  const hear = (events: FarEndEvents, octets: Uint8Array) => {
    if (echo) write(octets.slice());
    typed += Buffer.from(octets).toString('latin1');
    for (let end = endIn(typed); end >= 0; end = endIn(typed)) {
      work(events, typed.slice(0, end + 1));
      typed = typed.slice(end + 1);
    }
  };
  return {
    ...farEnd,
    write,
    listen: (events) =>
      farEnd.listen({
        ...events,
        data(octets) {
          if (lineMs === 0) hear(events, octets);
          else clock.after(lineMs, () => hear(events, octets));
        },
      }),
  };
}

/** Where the first command or PDU ends; -1 when none does. */
function endIn(typed: string): number {
  return [...typed].findIndex((character) => character === '\r' || character === '\x1a');
}
