import { expect } from 'vitest';
import { dialogue, NUMBER, type Probe, SUBMIT } from './bench.ts';

/** What `+CMGS` is answered with, a fault of the network being arranged. */
const refused = (cause: number): Probe => ({
  fault: { action: { kind: 'refuse', cause } },
  async see({ sendToSelf }) {
    expect(await sendToSelf()).toContain(`+CMS ERROR: ${cause}`);
    expect(await sendToSelf()).toContain('+CMGS: ');
  },
});

/** Facts about sending. */
export const sendingProbes: Readonly<Record<string, Probe>> = {
  'cmgs-slow': {
    fault: { action: { kind: 'stall', ms: 120_000 }, command: '+CMGS' },
    async see({ sendToSelf, says }) {
      expect(await sendToSelf()).toBe('\r\n> ');
      await says('', '', 118_000);
      await says('', '\r\n+CMGS: 0\r\n\r\nOK\r\n', 3_000);
    },
  },
  'ctrl-z-submits': {
    async see({ says, world }) {
      await says(`AT+CMGS=${SUBMIT.length / 2}\r`, /> $/);
      await says(`00${SUBMIT.slice(0, 20)}\x1a`, '\r\n+CMS ERROR: 304\r\n');
      expect(world.submitted(NUMBER)).toEqual([]);
    },
  },
  'answer-lost': {
    fault: { action: { kind: 'lose-answer' } },
    async see({ sendToSelf, world }) {
      expect(await sendToSelf()).toBe('\r\n> ');
      expect(world.submitted(NUMBER)).toHaveLength(1);
    },
  },
  'refused-500': refused(500),
  'smsc-unknown': {
    async see({ says, sendToSelf }) {
      await says('AT+CSCA=""\r', /OK/);
      expect(await sendToSelf()).toContain('+CMS ERROR: 330');
    },
  },
  'network-out-of-order': refused(38),
  'csmp-clears-smsc': {
    async see({ says, sendToSelf }) {
      await says('AT+CSMP=17,167,0,0\r', /OK/);
      await says('AT+CSCA?\r', /\+CSCA: ""/);
      expect(await sendToSelf()).toContain('+CMS ERROR: 330');
    },
  },
  'cmms-refused': dialogue(['AT+CMMS=2\r', '\r\n+CMS ERROR: 500\r\n'], ['AT+CMMS=1\r', /OK/]),
  'no-room-no-sending': {
    simCapacity: 1,
    async see({ sendToSelf, arrives, says }) {
      await arrives();
      expect(await sendToSelf()).toContain('+CMS ERROR: 322');
      await says('AT+CMGD=1\r', /OK/);
      expect(await sendToSelf()).toContain('+CMGS: ');
    },
  },
  'orphan-ok': {
    fault: { action: { kind: 'orphan', text: 'OK' }, command: '+NO' },
    see: ({ says }) => says('AT+NO\r', /^\r\n(MODEM ERROR: \d+|ERROR)\r\n\r\nOK\r\n$/),
  },
};
