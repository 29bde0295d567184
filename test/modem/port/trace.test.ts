import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryPort, type TraceEvent, tracePort } from '../../../modem/index.ts';
import { maskSecrets, SecretMask } from '../../../modem/port/mask.ts';
import { VirtualClock } from '../../../sim/index.ts';

describe('a traced port', () => {
  test('tells every octet with its time, and changes nothing', async () => {
    const clock = new VirtualClock(1_000);
    const { port, farEnd } = memoryPort();
    const events: TraceEvent[] = [];
    const heard: string[] = [];
    const traced = tracePort(port, clock, (event) => events.push(event));
    farEnd.listen({ opened() {}, closed() {}, data: () => farEnd.write(Buffer.from('OK\r\n')) });
    await traced.open({ data: (octets) => heard.push(Buffer.from(octets).toString()), closed() {} });
    await clock.advance(5);
    await traced.write(Buffer.from('AT\r'));
    await clock.advance(0);
    await traced.close();
    await clock.advance(0);
    const readable = events.map((event) => ({
      ...event,
      ...('octets' in event && { octets: `${Buffer.from(event.octets)}` }),
    }));
    expect(readable).toEqual([
      { at: 1_000, kind: 'opened' },
      { at: 1_005, kind: 'sent', octets: 'AT\r' },
      { at: 1_005, kind: 'received', octets: 'OK\r\n' },
      { at: 1_005, kind: 'closed' },
    ]);
    expect(heard).toEqual(['OK\r\n']);
    expect(traced.name).toBe(port.name);
  });

  test('keeps what was written, whatever its writer does with the octets afterwards', async () => {
    const { port, farEnd } = memoryPort();
    const said: string[] = [];
    farEnd.listen({ opened() {}, closed() {}, data: (octets) => said.push(`typed ${Buffer.from(octets)}`) });
    await port.open({ data: (octets) => said.push(`heard ${Buffer.from(octets)}`), closed() {} });
    const octets = Buffer.from('AT\r');
    const written = port.write(octets);
    farEnd.write(octets);
    octets.fill(0);
    await written;
    expect(said).toEqual(['typed AT\r', 'heard AT\r']);
  });

  test('hides a PIN in the echo too, and tells why it was closed', async () => {
    const clock = new VirtualClock(1_000);
    const { port, farEnd } = memoryPort('/dev/ttyX');
    const told: string[] = [];
    const heard: string[] = [];
    const traced = tracePort(port, clock, (event) =>
      told.push('octets' in event ? `${event.kind} ${Buffer.from(event.octets)}` : JSON.stringify(event)),
    );
    farEnd.listen({ opened() {}, closed() {}, data: (octets) => farEnd.write(octets) });
    await traced.open({
      data: (octets) => heard.push(Buffer.from(octets).toString()),
      closed: (reason) => heard.push(`closed ${reason?.code}`),
    });
    await traced.write(Buffer.from('AT+CPIN="1234"\r'));
    await clock.advance(0);
    farEnd.hangUp();
    await clock.advance(0);
    expect(told.slice(1, 3)).toEqual(['sent AT+CPIN=******\r', 'received AT+CPIN=******\r']);
    expect(JSON.parse(told[3] ?? '')).toEqual({
      at: 1_000,
      kind: 'closed',
      reason: expect.stringContaining('/dev/ttyX'),
    });
    expect(heard).toEqual(['AT+CPIN="1234"\r', 'closed lost']);
  });
});

describe('a PIN that is typed in pieces', () => {
  test.each([
    ['whose echo comes in between', 'AT+CPIN="12'],
    ['while a code comes in between', '\r\n^RSSI: 1\r\n'],
  ])('%s is hidden', async (_what, between) => {
    const clock = new VirtualClock();
    const { port, farEnd } = memoryPort();
    farEnd.listen({ opened() {}, closed() {}, data() {} });
    const told = { sent: '', received: '' };
    const traced = tracePort(port, clock, (event) => {
      if ('octets' in event) told[event.kind] += Buffer.from(event.octets).toString();
    });
    await traced.open({ data() {}, closed() {} });
    await traced.write(Buffer.from('AT+CPIN="12'));
    farEnd.write(Buffer.from(between));
    await clock.advance(0);
    await traced.write(Buffer.from('34"\r'));
    farEnd.write(Buffer.from('34"\r'));
    await clock.advance(0);
    expect(told.sent).toBe('AT+CPIN=******\r');
    expect(told.received).toBe(between.startsWith('AT') ? 'AT+CPIN=******\r' : `${between}34"\r`);
  });
});

describe('the mask', () => {
  test.each([
    ['AT+CPIN="1234"', 'AT+CPIN=******'],
    ['at+cpin=1234\rAT', 'at+cpin=****\rAT'],
    ['AT+CPIN?', 'AT+CPIN?'],
    ['AT+CLCK="SC",1,"1234"', 'AT+CLCK=*************'],
    ['AT+CPWD="SC","1","2"\r\nOK', 'AT+CPWD=************\r\nOK'],
    ['AT+CMEE=1', 'AT+CMEE=1'],
    ['AT+CPIN2="5678"', 'AT+CPIN2=******'],
    ['AT+CPIN=1234\nAT', 'AT+CPIN=****\nAT'],
    ['AT+CPI\rN=1', 'AT+CPI\rN=1'],
    ['AT+CPI\nN=1', 'AT+CPI\nN=1'],
  ])('turns %j into %j', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  test('hides a PIN however the line cuts it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{4,8}$/), fc.array(fc.nat({ max: 30 })), (pin, cuts) => {
        const octets = Buffer.from(`AT+CPIN="${pin}"\rAT\r`);
        const mask = new SecretMask();
        const ends = [...cuts, octets.length].sort((a, b) => a - b);
        let from = 0;
        const pieces = ends.map((end) => {
          const piece = Buffer.from(mask.apply(octets.subarray(from, end))).toString();
          from = Math.max(from, end);
          return piece;
        });
        expect(pieces.join('')).toBe(`AT+CPIN=${'*'.repeat(pin.length + 2)}\rAT\r`);
      }),
    );
  });
});
