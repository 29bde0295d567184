import { expect } from 'vitest';
import { type FarEndEvents, memoryPort } from '../../../../modem/index.ts';
import { VIRTUAL_START } from '../../../../sim/index.ts';
import { hostOf, openHost } from '../../host.ts';
import { dialogue, type Probe } from './bench.ts';

/** A service is asked; what comes within a second. */
const balance = (heard: RegExp): Probe => dialogue(['AT+CUSD=1,"*100#",15\r', heard, 1_000]);
const unasked = (codes: readonly string[], ms: number): Probe => ({
  async see({ host }) {
    const heard = await host.type('', ms);
    for (const code of codes) expect(heard).toContain(code);
  },
});

/** Facts about unsolicited codes. */
const codeProbesOnly: Readonly<Record<string, Probe>> = {
  'huawei-noise': unasked(
    ['^RSSI', '^HCSQ', '^DSFLOWRPT', '^BOOT', '^MODE', '^CSNR', '^SRVST', '^SIMST', '^STIN', '^NWTIME'],
    8_000,
  ),
  'option-noise': unasked(['_OSIGQ'], 10_000),
  'zte-noise': unasked(['+', 'ZUSIMR', 'ZEND'], 5_000),
  'telit-noise': unasked(['#STN'], 6_000),
  'dlink-noise': unasked(['+SPNWNAME', '+CREG', '+CGREG'], 15_000),
  ring: {
    fault: { action: { kind: 'noise', code: 'RING' }, startsAt: VIRTUAL_START + 1_000 },
    see: ({ says }) => says('', '\r\nRING\r\n', 1_000),
  },
  'noise-before-answer': dialogue(['', /^$/, 500], ['AT+CUSD=1;+CMGS=10\r', /> $/, 50], ['', /\^RSSI:19/, 100]),
  'noise-inside-answer': {
    fault: { action: { kind: 'noise', code: '^RSSI:7' }, command: '+CMGL' },
    async see({ says, arrives }) {
      for (const text of ['1', '2', '3']) await arrives(text);
      await says('AT+CMGL=4\r', /^\r\n\+CMGL: 1.*\r\n\^RSSI:7\r\n.*OK\r\n$/s);
    },
  },
  'noise-before-prompt': {
    ...dialogue(['AT+CMGS=10\r', '\r\n^RSSI:7\r\n\r\n> ']),
    fault: { action: { kind: 'noise', code: '^RSSI:7' }, command: '+CMGS', said: 'prompt' },
  },
  'noise-while-typing': dialogue(['AT+CMGS=10\r', '\r\n> '], ['0011', '\r\n^RSSI:19\r\n', 550]),
  'creg-both': {
    ...dialogue(['AT+CREG?\r', /\r\n\+CREG: 1\r\n/], ['AT+CREG?\r', '\r\n+CREG: 0,1\r\n\r\nOK\r\n']),
    fault: { action: { kind: 'noise', code: '+CREG: 1' }, command: '+CREG' },
  },
  'reboot-codes': {
    fault: { action: { kind: 'reboot' }, startsAt: VIRTUAL_START + 50_000 },
    async see({ says, modem }) {
      await says('AT+CMEE=1\r', /OK/);
      if (modem.personality.id !== 'standard') {
        await says('AT+CFUN=1,1\r', /OK.*RDY.*CPIN: READY.*Call Ready.*SMS Ready/s);
      } else await says('', '', 60_000);
      await says('ATE0;+CMEE?\r', /\+CMEE: 0/);
    },
  },
  'sms-done': dialogue(['AT+CFUN=1,1\r', /SMS DONE/]),
  'cusd-before-ok': balance(/^\r\n\r\n\+CUSD: 0.*\r\n\r\n\r\nOK\r\n$/),
  'cusd-crlf': dialogue(['AT+CUSD=1,"*123#",15\r', /"Cash-Mobile Sim\r\n1 Balance\r\n/, 1_000]),
  'cusd-twice': balance(/OK\r\n\r\n\+CUSD: .*\r\n\r\n\+CUSD: /),
  'cusd-pieces': {
    fault: { action: { kind: 'split', atMost: 3, gapMs: 100 }, said: 'code' },
    see: ({ says }) =>
      says('AT+CUSD=1,"*100#",15\r', /OK\r\n\r?\n?\+?C?U?$/, 550).then(() => says('', /,15\r\n$/, 5_000)),
  },
  'crash-unread': {
    async see({ modem, host }) {
      const unread: FarEndEvents[] = [];
      modem.attach({ listen: (events) => unread.push(events), write() {}, hangUp() {} });
      for (const { opened } of unread) opened();
      await host.type('AT+CMEE=1\r');
      for (const { overflowed } of unread) overflowed?.();
      expect(await host.type('ATE0;+CMEE?\r')).toMatch(/\+\0?CMEE: 0/);
    },
  },
};

/** Facts about ports. */
const portProbes: Readonly<Record<string, Probe>> = {
  'codes-elsewhere': {
    async see({ modem, clock, host }) {
      const { port, farEnd } = memoryPort();
      modem.attach(farEnd, { codes: false });
      const commands = await openHost(port, clock);
      expect(await commands.type('ATE0\r', 2_500)).toMatch(/OK\r\n$/);
      expect(host.heard()).toContain('^RSSI');
      expect(await commands.type('AT^PORTSEL=1\r', 2_500)).toMatch(/OK\r\n\r\n\^\w+:/);
    },
  },
  reenumerates: {
    fault: { action: { kind: 'unplug', ms: 3_000, renamed: 1 }, startsAt: VIRTUAL_START + 1_000 },
    async see({ modem, clock, host }) {
      const plugged: boolean[] = [];
      let events: { opened(): void } | undefined;
      modem.attach({
        listen(listener) {
          events = listener;
        },
        write() {},
        hangUp: () => plugged.push(false),
        plugIn: (renamed) => plugged.push(renamed),
      });
      events?.opened();
      await host.type('AT+CFUN=1,1\r');
      await clock.advance(10_000);
      expect(plugged).toEqual([false, true]);
      expect(await (await hostOf(modem, clock)).type('AT\r')).toMatch(/OK/);
    },
  },
  'mass-storage': {
    fault: { action: { kind: 'unplug', ms: 0 }, startsAt: VIRTUAL_START + 1_000 },
    async see({ modem, clock }) {
      await clock.advance(600_000);
      const host = await hostOf(modem, clock);
      expect(await host.type('AT\r').catch(() => 'closed')).toMatch(/^(closed|)$/);
    },
  },
  'control-lines': {
    async see({ modem, clock }) {
      const port = modem.memoryPort();
      const commands = await openHost(port, clock);
      await port.setLines({ dtr: true, rts: false });
      expect(await commands.type('AT\r')).toBe('');
      await port.setLines({ dtr: true, rts: true });
      expect(await commands.type('AT\r')).toContain('OK');
    },
  },
  'dead-port': {
    ...dialogue(...Array.from({ length: 10 }, () => ['AT\r', ''] as const)),
    fault: { action: { kind: 'swallow' }, probability: 1 },
  },
};

export const codeProbes: Readonly<Record<string, Probe>> = { ...codeProbesOnly, ...portProbes };
