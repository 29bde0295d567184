import { expect } from 'vitest';
import { dialogue, NUMBER, type Probe, SUBMIT } from './bench.ts';

const PROMPT = '\r\n> ';

/** Facts about framing, echo, result codes and the prompt. */
export const lineProbes: Readonly<Record<string, Probe>> = {
  'cpin-without-ok': dialogue(['AT+CPIN?\r', '\r\n+CPIN: READY\r\n'], ['AT\r', '\r\nOK\r\n']),
  'command-not-support': dialogue(['AT+NO\r', '\r\nCOMMAND NOT SUPPORT\r\n']),
  na: dialogue(['AT+NO\r', '\r\nNA\r\n']),
  'modem-error': dialogue(['AT+NO\r', /^\r\nMODEM ERROR: \d+\r\n/]),
  'ext-error': dialogue(['AT+NO\r', /\+EXT ERROR: \d+\r\n$/]),
  'not-custom-at': dialogue(['AT+NO\r', /NOT FOND \^,NOT CUSTOM AT\r\n$/]),
  'cr-cr-lf': dialogue(['AT\r', '\r\nOK\r\r\n']),
  'clac-cr-cr-lf': dialogue(['AT+CLAC\r', '\r\nAT+CGMI\r\r\nAT+CMGS\r\r\n\r\nOK\r\n']),
  'lf-only': dialogue(['AT+CPAS\r', '\n+CPAS: 0\n\nOK\n']),
  'no-leading-cr': dialogue(['AT+CPAS\r', '\n+CPAS: 0\r\n\nOK\r\n']),
  'extra-leading-line': dialogue(['AT\r', '\r\n\r\nOK\r\n']),
  'numeric-results': dialogue(['ATV0\r', '0\r'], ['AT+NO\r', '4\r']),
  nuls: dialogue(['AT\r', '\0\r\nO\0K\r\n']),
  'echo-ctrl-z': {
    first: '',
    async see({ sendToSelf }) {
      expect(await sendToSelf()).toContain(`${PROMPT}00${SUBMIT}\x1a\r\n+CMGS`);
    },
  },
  'echo-without-ctrl-z': {
    first: '',
    async see({ sendToSelf }) {
      expect(await sendToSelf()).toContain(`${PROMPT}00${SUBMIT}\r\n+CMGS`);
    },
  },
  'no-echo': { first: 'ATE1\r', see: ({ says }) => says('AT\r', '\r\nOK\r\n') },
  'cmt-gap': {
    async see({ says, arrives, host }) {
      await says('AT+CNMI=2,2\r', /OK/);
      await arrives();
      expect(host.heard()).toMatch(/\+CMT: ,\d+\r\n\r\n[0-9A-F]+\r\n$/);
    },
  },
  'cmgl-glued': {
    async see({ says, arrives }) {
      await arrives('1');
      await arrives('2');
      await says('AT+CMGL=4\r', /^\r\n\r\n\+CMGL: 1,0,,\d+\r\n[0-9A-F]+\+CMGL: 2,0,,\d+\r\n[0-9A-F]+\r\n/);
    },
  },
  'first-line-unheard': { first: 'AT\r', see: ({ says }) => says('AT\r', 'AT\r\r\nOK\r\n') },
  'first-line-forgotten': { first: 'AT+CMEE=1\r', see: ({ says }) => says('AT+CMEE?\r', /\+CMEE: 0/) },
  'stale-octets': { first: '', see: ({ says }) => says('', /^\0\0.*CARRIER\r\n$/s) },
  'ppp-port': dialogue(['AT+CPIN?\r', '\r\nNO CARRIER\r\n']),
  'other-ports': dialogue(['AT+NOSUCH\r', /^\r\n(OK|ERROR)\r\n$/], ['AT+CPIN?\r', /^\r\n(OK|ERROR)\r\n$/]),
  'slow-reader': {
    async see({ says, host }) {
      await says(`AT+CPBW=1,"${'1'.repeat(20)}"\r`, '');
      let heard = '';
      for (const character of '\rAT+CPAS\r') heard += await host.type(character, 1);
      expect(heard).toContain('+CPAS: 0');
    },
  },
  prompt: dialogue(['AT+CMGS=10\r', PROMPT]),
  'prompt-split': {
    ...dialogue(['AT+CMGS=10\r', '\r', 10], ['', '\n', 20], ['', '>', 20], ['', ' ', 20]),
    fault: { action: { kind: 'split', atMost: 1, gapMs: 20 }, command: '+CMGS', said: 'prompt' },
  },
  'prompt-late': dialogue(['AT+CMGS=10\r', '', 249], ['', PROMPT, 1]),
  'prompt-without-space': dialogue(['AT+CMGS=10\r', '\r\n>']),
  'escape-answered': dialogue(['AT+CMGS=10\r', PROMPT], ['\x1b', /^\r\nOK\r\n$/]),
  'escape-unanswered': dialogue(['AT+CMGS=10\r', PROMPT], ['\x1b', ''], ['AT\r', '\r\nOK\r\n']),
  'late-answer': {
    fault: { action: { kind: 'late', ms: 10_000 }, command: '+COPS', modem: NUMBER },
    see: ({ says }) => says('AT+COPS?\r', '', 9_000).then(() => says('AT+CSQ\r', /\+COPS: 0.*OK.*\+CSQ: .*OK/s, 2_000)),
  },
};
