import { expect, test } from 'vitest';
import { hostOf, quietWorld } from '../host.ts';

async function host() {
  const { world, clock } = quietWorld();
  const opened = await hostOf(world.addModem({ number: '+393330000001' }), clock);
  await opened.type('ATE0\r');
  return opened;
}

const BALANCE = 'Your balance is 10.00 €';

test('a code is answered after the OK, in the character set in use (3GPP TS 27.007, 7.15)', async () => {
  const modem = await host();
  expect(await modem.type('AT+CSCS="GSM";+CUSD=1,"*100#",15\r')).toBe('\r\nOK\r\n');
  expect(await modem.type('', 500)).toBe(`\r\n+CUSD: 0,"${BALANCE.replace('€', '\x1be')}",15\r\n`);
  const hex = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();
  await modem.type(`AT+CSCS="UCS2";+CUSD=1,"${hex('*100#')}",15\r`);
  expect(await modem.type('', 500)).toBe(`\r\n+CUSD: 0,"${hex(BALANCE)}",15\r\n`);
});

test('a menu keeps the session open until an answer ends it, or the user gives up', async () => {
  const modem = await host();
  expect(await modem.type('AT+CUSD=1,"*123#"\r', 600)).toMatch(/\+CUSD: 1,"Cash-Mobile Sim\n1 Balance/);
  expect(await modem.type('AT+CUSD=1,"2"\r', 600)).toContain('+CUSD: 1,"Your number is +393330000001');
  expect(await modem.type('AT+CUSD=1,"0"\r', 600)).toContain('+CUSD: 0,"Goodbye",15');
  await modem.type('AT+CUSD=1,"*123#"\r', 600);
  expect(await modem.type('AT+CUSD=2\r')).toBe('\r\nOK\r\n');
  expect(await modem.type('AT+CUSD=1,"1"\r', 600)).toContain('+CUSD: 4');
});

test.each(['*999#', 'constructor'])('a code that no service has is not supported: %s', async (code) => {
  expect(await (await host()).type(`AT+CUSD=1,"${code}"\r`, 600)).toBe('\r\nOK\r\n\r\n+CUSD: 4\r\n');
});

test('a modem without a network refuses a code with 30, and still says and sets what it reports', async () => {
  const { world, clock } = quietWorld();
  const modem = await hostOf(world.addModem({ number: '+393330000001' }), clock);
  await modem.type('ATE0;+CMEE=1\r');
  world.subscriber('+393330000001')?.setReception('none');
  await clock.advance(60_000);
  expect(await modem.type('AT+CUSD=1,"*100#",15\r', 600)).toBe('\r\n+CME ERROR: 30\r\n');
  expect(await modem.type('AT+CUSD=1\r', 600)).toBe('\r\nOK\r\n');
  expect(await modem.type('AT+CUSD?\r')).toContain('+CUSD: 1');
  expect(await modem.type('AT+CUSD=2\r')).toBe('\r\nOK\r\n');
  expect(await modem.type('AT+CUSD=3\r')).toContain('ERROR');
});

test('an answer that a menu does not have ends it', async () => {
  const modem = await host();
  await modem.type('AT+CUSD=1,"*123#"\r', 600);
  expect(await modem.type('AT+CUSD=1,"toString"\r', 600)).toContain('+CUSD: 0,"Not understood. Goodbye."');
});

test('the balance goes down with each message', async () => {
  const modem = await host();
  await modem.type('AT+CMGF=1;+CMGS="4001"\r');
  await modem.type('x\x1a');
  expect(await modem.type('AT+CUSD=1,"*100#"\r', 600)).toContain('Your balance is 9.90');
});
