import type { Cancel, Clock, Modem } from '../../modem/index.ts';
import type { Bars, Gauges } from '../index.ts';

/** How often the modem is asked, ms. */
const PERIOD_MS = 30_000;

/** What the phone shows of its modem: asked now and then, and remembered in between. */
export interface ModemGauges extends Gauges {
  stop(): void;
}

/** Watches the operator and the signal of a modem; resolves when it was asked for the first time. */
export async function watchModem(
  modem: Pick<Modem, 'operator' | 'signal' | 'state'>,
  clock: Clock,
): Promise<ModemGauges> {
  let operator = '';
  let signal: Bars = 0;
  let cancel: Cancel = () => {};
  let stopped = false;

  const look = async () => {
    try {
      operator = (await modem.operator()) ?? '';
      signal = barsOf((await modem.signal()).dBm);
    } catch {
      // No network is what the gauge shows then.
      signal = 0;
    }
    if (!stopped) cancel = clock.after(PERIOD_MS, () => void look());
  };
  await look();

  return {
    operator: () => (modem.state.kind === 'ready' ? operator : ''),
    signal: () => (modem.state.kind === 'ready' ? signal : 0),
    battery: () => 4,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** Bars as phones draw them: one from -110 dBm, four from -85. */
function barsOf(dBm: number | undefined): Bars {
  if (dBm === undefined || dBm < -110) return 0;
  if (dBm < -100) return 1;
  if (dBm < -93) return 2;
  return dBm < -85 ? 3 : 4;
}
