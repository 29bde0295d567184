import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openConsole } from '../../../modem/cli/console.ts';
import { withHearing } from '../../../modem/cli/hearing.ts';
import { type FarEnd, memoryPort, type Port } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok, PROMPT, ScriptedModem } from '../scripted-modem.ts';

let clock: VirtualClock;
let port: Port;
let farEnd: FarEnd;
let script: ScriptedModem;
let isClosed: boolean;
let input: PassThrough;
let out: string;
let work: Promise<void>;

beforeEach(() => {
  clock = new VirtualClock();
  ({ port, farEnd } = memoryPort('/dev/ttyX'));
  const listen = farEnd.listen.bind(farEnd);
  isClosed = false;
  script = new ScriptedModem({
    ...farEnd,
    listen: (events) =>
      listen({
        ...events,
        closed() {
          isClosed = true;
          events.closed();
        },
      }),
  });
  script.when('AT', ok()).when('ATE0', ok()).when('AT+CMEE=1', ok());
});

afterEach(() => input.end());

/** Opens the console on streams, which are terminals or not. */
function open(isTTY: boolean): void {
  input = new PassThrough();
  const output = new PassThrough();
  out = '';
  output.on('data', (octets: Buffer) => {
    out += octets.toString('utf8');
  });
  const told = (text: string) => {
    out += `${text}\n`;
  };
  work = openConsole(
    withHearing(port, clock, told),
    clock,
    Object.assign(input, { isTTY }),
    Object.assign(output, { isTTY }),
  );
  work.catch(() => {});
}

/** Lets `ms` of the clock pass, and everything that follows from it. */
async function pass(ms = 1_000): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await clock.advance(ms / 20);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function type(text: string): Promise<void> {
  input.write(text);
  await pass();
}

describe('a console in a pipe', () => {
  beforeEach(() => open(false));

  test('types each line, and shows the answers without prompts', async () => {
    script.when('AT+CSQ', ok('+CSQ: 23,0')).when('AT+COPS?', line('+CME ERROR: 30'));
    // Typed before the modem is open.
    input.write('AT+CSQ\n\n   \n AT+COPS? \n');
    await pass(3_000);
    input.end();
    await pass();
    await work;
    expect(script.typed.slice(-2)).toEqual(['AT+CSQ', 'AT+COPS?']);
    expect(out).toBe('+CSQ: 23,0\nOK\n+CME ERROR: 30 (no network service)\n');
    expect(isClosed).toBe(true);
  });

  test('types the next line as the message that a command wants', async () => {
    script.when('AT+CMGS=18', PROMPT).when(/\^Z$/, ok('+CMGS: 7'));
    await pass();
    await type('AT+CMGS=18\n0011AA\nAT+CMGS=18\n\n');
    await pass();
    expect(script.typed.filter((typed) => /CMGS|Z$/.test(typed))).toEqual([
      'AT+CMGS=18',
      '0011AA^Z',
      'AT+CMGS=18',
      '^Z',
    ]);
  });

  test('does not type a command whose message does not come', async () => {
    await pass();
    input.end('AT+CMGS=18\n');
    await pass();
    await work;
    expect(script.typed).not.toContain('AT+CMGS=18');
  });

  test('shows the codes of the modem', async () => {
    await pass();
    script.say(line('RING'));
    await pass();
    expect(out).toBe('* RING\n');
  });

  test('fails when the port is lost', async () => {
    await pass();
    farEnd.hangUp();
    await pass();
    await expect(work).rejects.toMatchObject({ name: 'PortError', code: 'lost' });
  });

  test('fails, and closes the port, when no modem answers', async () => {
    script.when(/./, undefined);
    await pass(60_000);
    await expect(work).rejects.toMatchObject({
      name: 'ModemError',
      code: 'not-a-modem',
      message: expect.stringContaining('(the port is silent)'),
    });
    expect(out).toBe('no answer yet: the port is silent: is the modem switched on, and is this its command port?\n');
    expect(isClosed).toBe(true);
    // Nothing waits for what is typed any more, which would keep the program.
    expect(input.isPaused()).toBe(true);
  });
});

describe('a console on a terminal', () => {
  beforeEach(async () => {
    script.when('AT+CLAC', ok('+CSQ', '+COPS'));
    open(true);
    await pass();
  });

  test('asks for commands, completes them, and ends with Ctrl-D', async () => {
    expect(out).toContain('at> ');
    out = '';
    script.when('AT+CSQ', ok('+CSQ: 23,0'));
    await type('at+cs\t');
    expect(out).toContain('AT+CSQ');
    await type('\r');
    expect(script.typed.at(-1)).toBe('AT+CSQ');
    expect(out).toContain('\r\x1b[K+CSQ: 23,0\nOK\n');
    expect(out.slice(out.indexOf('OK'))).toContain('at> ');
    await type('\x04');
    await work;
    expect(isClosed).toBe(true);
  });

  test('shows a code above what is being typed', async () => {
    await type('AT+C');
    out = '';
    script.say(line('RING'));
    await pass();
    expect(out.startsWith('\r\x1b[K* RING\n')).toBe(true);
    expect(out).toContain('at> AT+C');
  });

  test('asks for the message, which Enter or Ctrl-Z ends; later Ctrl-Z ends nothing', async () => {
    script.when('AT+CMGS=18', PROMPT).when(/\^Z$/, ok('+CMGS: 7'));
    await type('AT+CMGS=18\r');
    expect(out).toContain('message, then Ctrl-Z> ');
    expect(script.typed).not.toContain('AT+CMGS=18');
    await type('0011AA\x1a');
    await pass();
    expect(script.typed.slice(-2)).toEqual(['AT+CMGS=18', '0011AA^Z']);
    await type('AT+CMGS=18\r');
    await type('0011BB\r');
    await pass();
    expect(script.typed.slice(-2)).toEqual(['AT+CMGS=18', '0011BB^Z']);
    // Without a message Ctrl-Z stops the program, as everywhere.
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    await type('AT+CSQ\x1a');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGTSTP']]);
    kill.mockRestore();
    expect(script.typed.at(-1)).toBe('0011BB^Z');
  });
});
