import { gsmSim } from '../../../sim/cli/gsm-sim-program.ts';
import { type Ended, inProcess } from '../../in-process.ts';

export type { Ended };

/** Runs `gsm-sim` in this process. */
export const gsmSimHere = (...args: readonly string[]): Promise<Ended> => inProcess(gsmSim, ...args);
