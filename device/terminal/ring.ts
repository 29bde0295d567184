import { useStdout } from 'ink';
import { useEffect, useState } from 'react';
import { type Cancel, systemClock } from '../../modem/index.ts';
import type { Handset } from '../firmware/index.ts';
import type { Tone } from '../hal/index.ts';

/** How long a phone that rings is drawn so, ms. */
const RING_MS = 5_000;
/** The character that rings the bell of a terminal (ECMA-48, BEL). */
const BEL = '\u0007';
/** Sounds about something that the owner has not asked for. */
const RINGS: readonly Tone[] = ['attention', 'message'];

/** Whether the phone rings just now; the terminal's bell rings as it begins. @param rings false: it never does */
export function useRing(handset: Handset, rings: boolean): boolean {
  const [ringing, setRinging] = useState(false);
  const { stdout } = useStdout();
  useEffect(() => {
    let cancel: Cancel = () => {};
    const stop = handset.watch((event) => {
      if (!rings || event.kind !== 'sound' || !RINGS.includes(event.tone)) return;
      stdout.write(BEL);
      setRinging(true);
      cancel();
      cancel = systemClock.after(RING_MS, () => setRinging(false));
    });
    return () => {
      stop();
      cancel();
    };
  }, [handset, rings, stdout]);
  return ringing;
}
