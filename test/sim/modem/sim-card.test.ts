import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SimCard } from '../../../sim/modem/sim-card.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';

async function locked() {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, pin: '4321', puk: '87654321' });
  const host = await hostOf(modem, clock);
  await host.type('ATE0;+CMEE=1\r');
  return { world, clock, host };
}

test('until the PIN is given, what needs the SIM is refused and nothing is registered (3GPP TS 27.007, 8.3)', async () => {
  const { host } = await locked();
  expect(await host.type('AT+CPIN?\r')).toBe('\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n');
  expect(await host.type('AT+CREG?\r')).toBe('\r\n+CREG: 0,0\r\n\r\nOK\r\n');
  expect(await host.type('AT+CIMI\r')).toBe('\r\n+CME ERROR: 11\r\n');
  expect(await host.type('AT+CMGL=4\r')).toBe('\r\n+CMS ERROR: 311\r\n');
  expect(await host.type('AT+CGSN\r')).toContain('OK');
});

test('the right PIN opens it, and it registers a second later', async () => {
  const { clock, host } = await locked();
  expect(await host.type('AT+CREG=1;+CPIN="4321"\r')).toBe('\r\nOK\r\n\r\n+CREG: 2\r\n');
  await clock.advance(1_000);
  expect(host.heard()).toBe('\r\n+CREG: 1\r\n');
  expect(await host.type('AT+CPIN?\r')).toContain('READY');
  expect(await host.type('AT+CPIN=4321\r')).toBe('\r\n+CME ERROR: 3\r\n');
});

test('+CREG=2 shows the changes with the cell (3GPP TS 27.007, 7.2)', async () => {
  const { host } = await locked();
  expect(await host.type('AT+CREG=2;+CPIN=4321\r', 1_100)).toBe(
    '\r\nOK\r\n\r\n+CREG: 2\r\n\r\n+CREG: 1,"00C3","1A2B"\r\n',
  );
});

test('the right PIN is no help after three wrong ones', () => {
  const pin = '4321';
  const card = new SimCard({ imsi: '', iccid: '', number: NUMBER, smsc: '+39349', pin, capacity: 1, firstIndex: 1 });
  for (const wrong of ['1111', '2222', '3333']) expect(card.verify(wrong)).toBe(false);
  expect([card.verify(pin), card.state]).toEqual([false, 'SIM PUK']);
});

test('three wrong PINs want the PUK, which sets a new PIN; ten wrong PUKs end the card', async () => {
  const { host } = await locked();
  expect(await host.type('AT+CPIN=0000\r')).toBe('\r\n+CME ERROR: 16\r\n');
  expect(await host.type('AT+CPINR\r')).toContain('+CPINR: SIM PIN,2,3');
  expect(await host.type('AT+CPIN=0000\r')).toBe('\r\n+CME ERROR: 16\r\n');
  expect(await host.type('AT+CPIN=0000\r')).toBe('\r\n+CME ERROR: 12\r\n');
  expect(await host.type('AT+CPIN?\r')).toContain('+CPIN: SIM PUK');
  expect(await host.type('AT+CPIN=4321\r')).toBe('\r\n+CME ERROR: 12\r\n');
  expect(await host.type('AT+CPIN="87654321","9999"\r')).toBe('\r\nOK\r\n');
  expect(await host.type('AT+CLCK="SC",2\r')).toContain('+CLCK: 1');
  for (let i = 0; i < 3; i += 1) await host.type('AT+CLCK="SC",0,"0000"\r');
  for (let i = 0; i < 10; i += 1) await host.type('AT+CPIN=11111111,9999\r');
  expect(await host.type('AT+CPIN="87654321","9999"\r')).toBe('\r\n+CME ERROR: 13\r\n');
  expect(await host.type('AT+CPIN?\r')).toBe('\r\n+CME ERROR: 13\r\n');
});

test('a restart wants the PIN again and keeps the messages (3GPP TS 27.007, 8.2)', async () => {
  const { world, clock, host } = await locked();
  await host.type('AT+CPIN=4321\r', 1_100);
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  await clock.advance(1);
  await host.type('AT+CFUN=1,1\r');
  await host.type('ATE0\r');
  expect(await host.type('AT+CPIN?\r')).toContain('SIM PIN');
  await host.type('AT+CPIN=4321\r');
  expect(await host.type('AT+CPMS?\r')).toContain('"SM",1,30');
});

test('whatever is tried, tries left never rise without the right code', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('0000', '1111', '4321'), { maxLength: 8 }), async (pins) => {
      const { host } = await locked();
      let left = 3;
      for (const pin of pins) {
        const open = (await host.type('AT+CPIN?\r')).includes('READY');
        await host.type(`AT+CPIN=${pin}\r`);
        if (!open && left > 0) left = pin === '4321' ? 3 : left - 1;
        expect(await host.type('AT+CPINR\r')).toContain(`SIM PIN,${left},3`);
      }
    }),
    { numRuns: 20 },
  );
});

/** Changing the PIN, and what the card then says of the old and of the new one (3GPP TS 27.007, 7.5; 51.011, 8.10). */
test.each([
  ['+CPWD="SC","4321","1111"', 'OK', '1111'],
  ['+CPWD="SC","4321","12345678"', 'OK', '12345678'],
  ['+CPWD="SC","0000","1111"', '+CME ERROR: 16', '4321'],
  ['+CPWD="SC","4321","111"', '+CME ERROR: 16', '4321'],
  ['+CPWD="SC","4321","123456789"', '+CME ERROR: 16', '4321'],
  ['+CPWD="SC","4321","11a1"', '+CME ERROR: 16', '4321'],
  ['+CPWD="AO","4321","1111"', '+CME ERROR: 4', '4321'],
])('AT%s: %s, and the PIN is %s', async (command, answer, pin) => {
  const { host } = await locked();
  await host.type('AT+CPIN=4321\r', 1_100);
  expect(await host.type(`AT${command}\r`)).toBe(`\r\n${answer}\r\n`);
  await host.type('AT+CFUN=1,1\r');
  await host.type('ATE0;+CMEE=1\r');
  const other = pin === '4321' ? '1111' : '4321';
  expect(await host.type(`AT+CPIN=${other}\r`)).toBe('\r\n+CME ERROR: 16\r\n');
  expect(await host.type(`AT+CPIN=${pin}\r`)).toBe('\r\nOK\r\n');
  expect(await host.type('AT+CPINR\r')).toContain('SIM PIN,3,3');
});

test('a PIN is changed only while the card asks for it, and the third wrong one wants the PUK', async () => {
  const { host } = await locked();
  await host.type('AT+CPIN=4321\r', 1_100);
  for (const error of [16, 16, 12]) {
    expect(await host.type('AT+CPWD="SC","0000","1111"\r')).toBe(`\r\n+CME ERROR: ${error}\r\n`);
  }
  expect(await host.type('AT+CPIN?\r')).toContain('SIM PUK');
  await host.type('AT+CPIN="87654321","4321"\r', 1_100);
  expect(await host.type('AT+CLCK="SC",0,"4321"\r')).toBe('\r\nOK\r\n');
  expect(await host.type('AT+CPWD="SC","4321","1111"\r')).toBe('\r\n+CME ERROR: 3\r\n');
});
