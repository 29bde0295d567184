import type { LogNormal } from './profiles.ts';

/** An operator, as subscribers of another meet it. */
export interface Operator {
  /** Country and network (MCC and MNC), as `+COPS` shows them in numeric format. 001 is for tests (ITU-T E.212). */
  readonly code: string;
  /** The names that `+COPS` shows: long, and at most 8 letters. */
  readonly long: string;
  readonly short: string;
  /** Added to the leg of each message between its cells and the service centre. Absent: nothing. */
  readonly distance?: LogNormal;
  /** Whether subscribers of other operators may register. */
  readonly admitsRoamers: boolean;
  /**
   * Messages to this operator's own numbers: `reports`: their outcome comes back; `unconfirmed`: only that they were passed
   * on (TP-ST 01); `none`: they cannot be passed on (TP-ST 45).
   */
  readonly interworking: 'reports' | 'unconfirmed' | 'none';
}

/** The operator of this network and its service centre. */
export const HOME: Operator = {
  code: '00101',
  long: 'Cash-Mobile Sim',
  short: 'CMSIM',
  admitsRoamers: true,
  interworking: 'reports',
};

/** The operators, by their codes: figures and names are chosen. */
export const operators: Readonly<Record<string, Operator>> = Object.fromEntries(
  [
    HOME,
    {
      code: '00102',
      long: 'Second Sim',
      short: 'SECSIM',
      distance: { medianS: 0.4, sigma: 0.25 },
      admitsRoamers: true,
      interworking: 'reports',
    } as const,
    {
      code: '00103',
      long: 'Sim Abroad',
      short: 'ABROAD',
      distance: { medianS: 1.5, sigma: 0.5 },
      admitsRoamers: true,
      interworking: 'unconfirmed',
    } as const,
    { code: '00104', long: 'Sim Alone', short: 'ALONE', admitsRoamers: false, interworking: 'none' } as const,
  ].map((operator) => [operator.code, operator]),
);
