import { systemClock } from '../clock.ts';
import type { Modem } from '../modem.ts';

/** How long the modem may take to register, in ms. */
const REGISTRATION_LIMIT_MS = 60_000;

/** Waits until the modem is in a network; false when it is not within a minute. */
export function whenReady(modem: Pick<Modem, 'state' | 'onState'>): Promise<boolean> {
  return new Promise((resolve) => {
    if (modem.state.kind === 'ready') return resolve(true);
    const settle = (isReady: boolean) => {
      cancel();
      stopListening();
      resolve(isReady);
    };
    const cancel = systemClock.after(REGISTRATION_LIMIT_MS, () => settle(false));
    const stopListening = modem.onState(({ kind }) => {
      if (kind === 'ready') settle(true);
    });
  });
}
