import { type Call, type Command, cme } from '../command.ts';
import { cmeError } from '../result.ts';

const PIN = /^\d{4,8}$/;

function checked(args: Call['args'], index: number): string {
  const code = args.string(index);
  if (!PIN.test(code)) throw cmeError('incorrectPassword');
  return code;
}

/** `+CPIN=`: the PIN, or the PUK with a new PIN, whichever the card waits for. */
function enter({ modem, args }: Call): void {
  args.atMost(2);
  if (modem.simBusy) throw cmeError(modem.personality.start.simBusyError);
  const { sim } = modem;
  switch (sim.state) {
    case 'READY':
      throw cmeError('operationNotAllowed');
    case 'blocked':
      throw cmeError('simFailure');
    case 'SIM PIN':
      if (!sim.verify(checked(args, 0))) throw refused(sim.state);
      break;
    case 'SIM PUK':
      if (!args.has(1)) throw cmeError('simPukRequired');
      if (!sim.unblock(checked(args, 0), checked(args, 1))) throw refused(sim.state);
      break;
  }
  modem.unlocked();
}

function refused(stateNow: string) {
  return cmeError(stateNow === 'SIM PUK' ? 'simPukRequired' : 'incorrectPassword');
}

/** `+CLCK`: only the lock of the SIM is there; every other facility is off. */
function lock({ modem, args, respond }: Call): void {
  const facility = args.string(0);
  const mode = args.number(1, [0, 2]);
  if (mode === 2) {
    respond(`+CLCK: ${facility === 'SC' && modem.sim.asksForPin ? 1 : 0}`);
    return;
  }
  if (facility !== 'SC') throw cmeError('operationNotSupported');
  if (!modem.sim.lock(checked(args, 2), mode === 1)) throw refused(modem.sim.state);
}

/** The SIM and its codes (3GPP TS 27.007, 7.4, 7.5, 8.3 and 8.65). */
export const simCommands: readonly Command[] = [
  cme('+CPIN', {
    test: '',
    read: ({ modem, respond }) => {
      if (modem.simBusy) throw cmeError(modem.personality.start.simBusyError);
      if (modem.sim.state === 'blocked') throw cmeError('simFailure');
      const { pinAnswer, readyState } = modem.personality.start;
      respond(pinAnswer.replace('{state}', modem.sim.state === 'READY' ? readyState : modem.sim.state));
    },
    set: enter,
  }),
  cme('+CPINR', {
    test: '',
    execute: ({ modem, respond }) => {
      const { pin, puk } = modem.sim.triesLeft;
      respond(`+CPINR: SIM PIN,${pin},3`, `+CPINR: SIM PUK,${puk},10`);
    },
  }),
  cme('+CLCK', { needsSim: true, test: '("SC")', set: lock }),
  cme('+CPWD', {
    needsSim: true,
    test: '("SC",8)',
    set: ({ modem, args }) => {
      if (args.string(0) !== 'SC') throw cmeError('operationNotSupported');
      // CHANGE CHV is for a PIN that is enabled (3GPP TS 51.011, 8.10).
      if (!modem.sim.asksForPin) throw cmeError('operationNotAllowed');
      if (!modem.sim.change(checked(args, 1), checked(args, 2))) throw refused(modem.sim.state);
    },
  }),
];
