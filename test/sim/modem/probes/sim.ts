import { dialogue, type Probe } from './bench.ts';

/** Tries that are left: those of the PIN go from 3 to 0 with wrong PINs, then those of the PUK from 10. */
const counter = (command: string, answer: (pin: number, puk: number, state: string) => string): Probe => ({
  pin: '1234',
  async see({ says, clock }) {
    const left = (...tries: Parameters<typeof answer>) =>
      says(`AT${command}\r`, new RegExp(`${answer(...tries)}\r*\n`));
    await clock.advance(41_000);
    await says('', /(?:)/);
    await left(3, 10, 'SIM PIN');
    await says('AT+CPIN=9999\r', /RROR/);
    await left(2, 10, 'SIM PIN');
    for (let i = 0; i < 2; i += 1) await says('AT+CPIN=9999\r', /RROR/);
    await left(0, 10, 'SIM PUK');
    await says('AT+CPIN="11111111","1234"\r', /RROR/);
    await left(0, 9, 'SIM PUK');
  },
});

/** Facts about readiness and the SIM. */
export const simProbes: Readonly<Record<string, Probe>> = {
  'sim-busy': dialogue(
    ['AT+CMEE=1\r', /OK/],
    ['AT+CPIN?\r', /\+CME ERROR: 14/],
    ['', '', 40_000],
    ['AT+CPIN?\r', /READY/],
  ),
  'please-wait': dialogue(
    ['AT+CMEE=1\r', /OK/],
    ['AT+CIMI\r', /\+CME ERROR: 515/],
    ['', '', 5_000],
    ['AT+CIMI\r', /OK/],
  ),
  'pin-needs-pause': {
    pin: '1234',
    async see({ says, clock }) {
      await says('AT+CPIN=1234\r', /OK/);
      await says('AT+CSQ\r', /^(?!.*\+CSQ:)/s, 1_000);
      await clock.advance(5_000);
      await says('ATE0\r', /OK/);
      await says('AT+CPIN?\r', /SIM PIN/);
      await says('AT+CPIN=1234\r', /OK/, 4_000);
      await says('AT+CPIN?\r', /READY/);
    },
  },
  'silent-after-pin': {
    pin: '1234',
    async see({ says }) {
      await says('AT+CPIN=1234\r', /OK/);
      await says('AT+CSQ\r', /^(?!.*\+CSQ)/s, 39_000);
      await says('', /\+CSQ: 23,0/, 2_000);
    },
  },
  'cpin-quoted': dialogue(['AT+CPIN?\r', /\+CPIN: "READY"/]),
  'cpin-without-space': dialogue(['AT+CPIN?\r', /\+CPIN:READY/]),
  'atz-needs-pin': {
    ...dialogue(['ATZ\r', /ERROR/], ['AT+CPIN=1234\r', /OK/], ['ATZ\r', /OK/]),
    pin: '1234',
  },
  'pin-locks': {
    pin: '1234',
    async see({ says }) {
      for (let i = 0; i < 3; i += 1) await says('AT+CPIN=9999\r', /ERROR/);
      await says('AT+CPIN?\r', /SIM PUK/);
      for (let i = 0; i < 10; i += 1) await says('AT+CPIN="11111111","1234"\r', /ERROR/);
      await says('AT+CMEE=1;+CPIN?\r', /\+CME ERROR: 13/);
    },
  },
  'counter-cpinr': counter('+CPINR', (pin, puk) => `\\+CPINR: SIM PIN,${pin},3\\s+\\+CPINR: SIM PUK,${puk},10`),
  'counter-huawei': counter('^CPIN?', (pin, puk, state) => `\\^CPIN: ${state},,${puk},${pin},10,3`),
  'counter-simcom': counter('+SPIC', (pin, puk) => `\\+SPIC: ${pin},3,${puk},10`),
  'counter-spic': counter('^SPIC', (pin) => `\\^SPIC: ${pin}`),
  'counter-telit': counter('#PCT', (pin) => `#PCT: ${pin}`),
  'counter-qpinc': counter('+QPINC?', (pin, puk) => `\\+QPINC: "SC",${pin},${puk}\\s+\\+QPINC: "P2",3,10`),
  'counter-qtrpin': counter('+QTRPIN', (pin, puk) => `\\+QTRPIN: ${pin},3,${puk},10`),
  'counter-ublox': counter('+UPINCNT', (pin, puk) => `\\+UPINCNT: ${pin},3,${puk},10`),
  'counter-zte': counter('+ZPINPUK=?', (pin, puk) => `ZPINPUK: ${pin},${puk}`),
  'counter-icera': counter('%PINNUM?', (pin, puk) => `%PINNUM: ${pin},${puk},3,10`),
  'counter-intel': counter('+XPINCNT', (pin, puk) => `\\+XPINCNT: ${pin},3,${puk},10`),
};
