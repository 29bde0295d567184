import type { Cancel } from '../../modem/index.ts';
import type { Admission } from '../network/radio-link.ts';
import type { VirtualModem } from './virtual-modem.ts';

/** `<stat>` of `+CREG` (3GPP TS 27.007, 7.2): not searching, registered at home, searching, denied, roaming. */
export type RegistrationStatus = 0 | 1 | 2 | 3 | 5;

/** How the network is chosen: by the modem, by the host, or not at all. */
export type Selection = 'automatic' | 'manual' | 'none';

const ADMITTED: Readonly<Record<Admission, RegistrationStatus>> = { home: 1, denied: 3, roaming: 5 };

/** Where every virtual modem is: location area and cell, in hex, as `+CREG: 2` shows them. */
const CELL = { area: '00C3', cell: '1A2B' } as const;

/** The modem's transmitter: `+CFUN`, and registration, which needs power, a SIM that is open, and coverage. */
export class Radio {
  readonly #modem: VirtualModem;
  #functionality = 1;
  #selection: Selection = 'automatic';
  #status: RegistrationStatus = 0;
  #registering: Cancel | undefined;

  constructor(modem: VirtualModem) {
    this.#modem = modem;
  }

  /** `+CFUN`: 0 off, 1 on, 4 flight mode. */
  get functionality(): number {
    return this.#functionality;
  }

  /** How the network was chosen (`+COPS`); `none`: the host has told the modem to leave it. */
  get selection(): Selection {
    return this.#selection;
  }

  select(selection: Selection): void {
    this.#selection = selection;
    this.update();
  }

  get status(): RegistrationStatus {
    return this.#status;
  }

  get registered(): boolean {
    return this.#status === 1 || this.#status === 5;
  }

  /** At the start of the world: a modem that can register is registered at once. */
  powerOn(): void {
    if (this.#canSearch() && this.#modem.link.covered) this.#register();
    else this.update();
  }

  setFunctionality(functionality: number): void {
    const on = functionality === 1;
    if (on !== (this.#functionality === 1)) this.#modem.log.add({ kind: 'power', number: this.#modem.number, on });
    this.#functionality = functionality;
    this.update();
  }

  /** Registers or deregisters, after power, SIM or coverage changed. */
  update(): void {
    this.#registering?.();
    this.#registering = undefined;
    const searching = this.#canSearch();
    if (searching && this.#modem.link.covered) {
      if (this.registered) return;
      this.#become(2);
      this.#registering = this.#modem.clock.after(this.#modem.personality.start.registrationMs, () => this.#register());
      return;
    }
    if (this.registered) this.#modem.link.detach();
    this.#become(searching ? 2 : 0);
  }

  #canSearch(): boolean {
    const on = this.#functionality === 1 && this.#selection !== 'none';
    return on && this.#modem.sim.state === 'READY' && !this.#modem.simBusy;
  }

  #register(): void {
    this.#registering = undefined;
    this.#become(ADMITTED[this.#modem.link.admission]);
    if (this.registered) this.#modem.link.attach();
  }

  #become(status: RegistrationStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    const { registrationReports, packetRegistrationReports } = this.#modem.settings;
    if (registrationReports > 0) this.#modem.notify(`+CREG: ${registrationText(registrationReports, status)}`);
    if (packetRegistrationReports > 0) {
      this.#modem.notify(`+CGREG: ${registrationText(packetRegistrationReports, status)}`);
    }
  }
}

/** `<stat>[,<lac>,<ci>]`, with the cell when `reports` is 2 and there is one. */
export function registrationText(reports: number, status: RegistrationStatus): string {
  return reports === 2 && (status === 1 || status === 5) ? `${status},"${CELL.area}","${CELL.cell}"` : String(status);
}
