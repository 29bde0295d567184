import { expect, test } from 'vitest';
import { type Boot, type BuiltInClasses, memoryFlash } from '../../../device/index.ts';
import { MACHINE_LIMITS } from '../../../device/machine/watch.ts';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrol, installed, openApplication, PIN } from '../cash-mobile/cash-bench.ts';
import { cashMobileScript, openEngine } from './engine.ts';

/** Writes down all that a phone shows, sounds and sends. */
function record({ handset, radio }: CashBench, lines: string[]): void {
  handset.watch((event) => lines.push(JSON.stringify(event)));
  const heard = radio.onSent;
  radio.onSent = (message) => {
    lines.push(message.content.kind === 'data' ? hexOf(message.content.data) : message.content.text);
    heard(message);
  };
}

/** A machine that is watched: the most that a turn has spent, and the most memory after one. */
function measured(boot: Boot, spent: { fuel: number; memory: number }): Boot {
  return async (host) => {
    const machine = await boot(host);
    return {
      enter(event) {
        machine.enter(event);
        spent.fuel = Math.max(spent.fuel, machine.fuel());
        spent.memory = Math.max(spent.memory, machine.memory());
      },
      memory: () => machine.memory(),
      fuel: () => machine.fuel(),
      end: () => machine.end(),
    };
  };
}

/**
 * A whole life: enrolment, a payment, a wrong PIN and then the right one, a refusal, a login with wrong and then right
 * digits, an expiry, a restart, a new PIN.
 */
async function life(classes: BuiltInClasses | undefined): Promise<readonly string[]> {
  const flash = memoryFlash();
  const lines: string[] = [];
  const options = { flash, ...(classes === undefined ? {} : { classes }) };
  const cash = await installed(options);
  record(cash, lines);
  await enrol(cash);
  cash.phone.press('power');
  await cash.settle();
  await pay(cash);
  const { txn } = await cash.request({ amount: { minor: 700, currency: 'EUR' } });
  await cash.select('Approve');
  await confirm(cash, '90909');
  await cash.send(cash.service.receipt(txn, 'wrong-pin', { triesLeft: 2 }));
  await confirm(cash, PIN);
  await cash.send(cash.service.receipt(txn, 'declined'));
  await cash.select('OK');
  const refused = await cash.request();
  for (const label of ['Refuse', 'I do not want to']) await cash.select(label);
  await cash.send(cash.service.receipt(refused.txn, 'refused'));
  await cash.select('OK');
  const login = cash.service.loginRequest();
  await cash.send(login);
  for (const digits of ['17', '11']) {
    await cash.select('Approve');
    await cash.type(digits);
    await cash.select('Next');
    if (digits === '17') await cash.select('OK');
  }
  await confirm(cash, PIN);
  await cash.send(cash.service.receipt(login.challenge, 'confirmed'));
  await cash.select('OK');
  await cash.request({ ttl: 40 });
  await cash.clock.advance(41_000);
  await cash.select('OK');
  cash.handset.powerOff();
  const { clock, radio, service } = cash;
  const again = attach(bench({ ...options, clock, radio, seed: 'second' }), service);
  record(again, lines);
  await openApplication(again, 'en');
  await again.select('History');
  await again.select('Back');
  await again.select('Change PIN');
  for (const pin of [PIN, '70815', '70815']) {
    await again.type(pin);
    await again.select('Next');
  }
  const pcid = service.all('PIN_NEW').at(-1)?.pcid;
  if (pcid === undefined) throw new Error('The phone has sent no change');
  lines.push(flash.dump());
  await again.send(service.receipt(pcid, 'confirmed'));
  lines.push(flash.dump());
  return lines;
}

async function pay(cash: CashBench): Promise<void> {
  const { txn } = await cash.request();
  await cash.select('Approve');
  await confirm(cash, PIN);
  await cash.send(cash.service.receipt(txn, 'paid'));
  await cash.select('OK');
}

async function confirm(cash: CashBench, pin: string): Promise<void> {
  await cash.type(pin);
  await cash.select('Confirm');
}

test('a life in a virtual machine is the same as beside the phone: screens, sounds, SMS and flash, line by line', async () => {
  const engine = await openEngine();
  const spent = { fuel: 0, memory: 0 };
  const boot = engine.boot(await cashMobileScript(), 'CashMobile');
  const inMachine = await life(new Map([['CashMobile', measured(boot, spent)]]));
  const beside = await life(undefined);
  expect(beside.length).toBeGreaterThan(80);
  expect(inMachine).toEqual(beside);
  // What one version of the engine counts is always the same.
  // The turn that costs most makes the key of the new PIN, and signs with that of the present one.
  expect(spent.fuel).toBeGreaterThan(MACHINE_LIMITS.fuel / 4);
  expect(spent.fuel).toBeLessThan((MACHINE_LIMITS.fuel * 2) / 5);
  expect(spent.memory).toBeLessThan(MACHINE_LIMITS.memory / 2);
}, 240_000);
