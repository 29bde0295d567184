import { afterEach, describe, expect, it } from 'vitest';
import { Terminal } from '../../../server/ecr/terminal.ts';
import { Till as ServiceTill } from '../../../server/ecr/till.ts';
import type { Outcome, Rail } from '../../../server/index.ts';
import { stanOf } from '../../../server/merchants/cash-registers.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { runTwice } from '../run-twice.ts';
import { CUSTOMER_NUMBER, DEPOSIT, PIN, shop } from '../world.ts';
import { close, last, type Mode, payment, Register, reversal, totals } from './register.ts';

const T = '12345678';

const faults: string[] = [];

/** What the service could not do, in the tests that do not spoil it. */
afterEach(() => {
  expect(faults.splice(0).filter((fault) => !fault.includes('was killed'))).toEqual([]);
});

interface Manners {
  readonly rail?: Rail;
  readonly mode?: Mode;
  readonly customerInText?: boolean;
}

type Till = Awaited<ReturnType<typeof till>>;

/** A shop with a cash register at the service's terminal. */
async function till({ rail, mode = 'std', customerInText = false }: Manners = {}) {
  const base = await shop('ecr', rail === undefined ? {} : { rails: [rail] });
  const { world, customer, merchant } = base;
  await world.service.cashRegisters.add(T, merchant.id);
  const connect = () => {
    const registers = world.service.cashRegisters;
    const served = {
      customerInText,
      load: async () => (await registers.find(T)) ?? expect.fail('the register is gone'),
      payee: async () => (await registers.merchant({ merchantId: merchant.id })).name,
      closeTotals: () => registers.closeTotals(T),
    };
    const terminal = new Terminal({
      till: new ServiceTill(world.service, world.clock),
      clock: world.clock,
      registerOf: (id) => (id === T ? served : undefined),
      write: (octets) => register.hear(octets),
      onFault: (error) => faults.push(String(error)),
    });
    const register: Register = new Register(mode, (octets) => terminal.received(octets));
    return { register, hangUp: () => terminal.closed() };
  };
  const name = (number = CUSTOMER_NUMBER) => world.service.cashRegisters.name(merchant.id, T, number);
  const approve = async () => {
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(4_000);
  };
  const has = async () => (await world.service.holdings(customer.person.id))[0]?.minor;
  return { ...base, connect, name, approve, has, ...connect() };
}

const messages = ({ heard }: Register) => heard.flatMap((one) => (one.kind === 'message' ? [one.text.slice(8)] : []));
const progress = ({ heard }: Register) => [
  ...new Set(heard.flatMap((one) => (one.kind === 'progress' ? [one.text] : []))),
];
/** The answers E: approval code or why not, and the STAN. */
const results = (register: Register) =>
  messages(register)
    .filter((text) => text[1] === 'E')
    .map((text) => {
      const how = text.slice(2, 4) === '00' ? `paid ${text.slice(26, 32)}` : text.slice(4, 28).trim();
      return `${how} ${text.slice(51, 57)}`;
    });

const done = (approvalCode: number): Outcome => ({ kind: 'done', approvalCode });
const unknown: Outcome = { kind: 'unknown', reason: 'no answer' };
const declined: Outcome = { kind: 'declined', reason: '51' };

describe('a payment at a cash register', () => {
  it.each(['std', 'noext', 'stx', 'stx_noext'] as const)('in the mode %s', async (mode) => {
    const { world, register, name, approve, has } = await till({ mode });
    await name();
    register.ask(payment(T, 1_250));
    expect(register.heard).toEqual([{ kind: 'ack' }]);
    await world.clock.advance(6_000);
    await approve();
    expect(progress(register)).toEqual(['CLIENTE AVVISATO', 'ATTESA PIN', 'PIN RICEVUTO']);
    expect(results(register)).toEqual(['paid 00255T 000001']);
    expect(await has()).toBe(DEPOSIT.minor - 1_250);
    expect(await world.breaches()).toEqual([]);
  });

  it('is said to go on every three seconds', async () => {
    const { world, register, name } = await till();
    await name();
    register.ask(payment(T, 1_250));
    await world.clock.advance(31_000);
    expect(register.heard.filter(({ kind }) => kind === 'progress').length).toBeGreaterThanOrEqual(10);
  });

  it.each([
    ['refused by the customer', async ({ customer }: Till) => customer.phone.refuse(), 'RIFIUTATO DAL CLIENTE'],
    ['not answered', async ({ world }: Till) => world.clock.advance(200_000), 'TEMPO SCADUTO'],
    [
      'cancelled on the page',
      async ({ world, merchant }: Till) => {
        const [found] = await world.service.payments({ merchantId: merchant.id, limit: 1 });
        await world.service.cancel(found?.txn ?? '');
      },
      'ANNULLATO',
    ],
  ])('that is %s', async (_, happens, why) => {
    const base = await till();
    await base.name();
    base.register.ask(payment(T, 1_250));
    await base.world.clock.advance(2_000);
    await happens(base);
    await base.world.clock.advance(5_000);
    expect(results(base.register)).toEqual([`${why} 000001`]);
  });

  it.each([
    ['of nobody', undefined, false, '', 'CLIENTE NON INDICATO'],
    [
      'of a number in the text, where the shop does not want it',
      undefined,
      false,
      CUSTOMER_NUMBER,
      'CLIENTE NON INDICATO',
    ],
    ['of a number without a phone', '+393409999999', false, '', 'NUMERO NON RAGGIUNGIBILE'],
    ['of a number in the text without a phone', undefined, true, 'TEL +393409999999', 'NUMERO NON RAGGIUNGIBILE'],
  ])('%s is refused', async (_, named, customerInText, text, why) => {
    const { world, register, name } = await till({ customerInText });
    if (named !== undefined) await name(named);
    register.ask(payment(T, 1_250, text));
    await world.clock.advance(1_000);
    expect(results(register)).toEqual([`${why} 000001`]);
  });

  it('of nothing is refused', async () => {
    const { world, register, name } = await till();
    await name();
    register.ask(payment(T, 0));
    await world.clock.advance(1_000);
    expect(results(register)).toEqual(['IMPORTO NON VALIDO 000001']);
  });

  it('of the number in the text, where the shop wants it', async () => {
    const { register, approve } = await till({ customerInText: true });
    register.ask(payment(T, 1_250, `CLIENTE ${CUSTOMER_NUMBER}`));
    await approve();
    expect(results(register)).toEqual(['paid 00255T 000001']);
  });

  it('of the number in the text asks who was named on the page, when somebody was', async () => {
    const { register, name, approve } = await till({ customerInText: true });
    await name();
    register.ask(payment(T, 1_250, 'TEL +393409999999'));
    await approve();
    expect(results(register)).toEqual(['paid 00255T 000001']);
  });

  it('asks who was named once, and within two minutes', async () => {
    const { world, register, name, approve } = await till();
    await name();
    register.ask(payment(T, 100));
    await approve();
    register.ask(payment(T, 101));
    await world.clock.advance(1_000);
    await name();
    await world.clock.advance(120_000);
    register.ask(payment(T, 102));
    await world.clock.advance(1_000);
    await name();
    await world.clock.advance(119_000);
    register.ask(payment(T, 103));
    await approve();
    expect(results(register)).toEqual([
      'paid 00255T 000001',
      'CLIENTE NON INDICATO 000002',
      'CLIENTE NON INDICATO 000003',
      'paid 00255U 000004',
    ]);
  });
});

describe('a cash register that', () => {
  it('did not hear the ACK and asks again has asked for one payment', async () => {
    const { world, register, name, approve, has } = await till();
    await name();
    for (let n = 0; n < 3; n += 1) {
      register.ask(payment(T, 1_250));
      await world.clock.advance(500);
    }
    await approve();
    expect(register.heard.filter(({ kind }) => kind === 'ack')).toHaveLength(3);
    expect(results(register)).toEqual(['paid 00255T 000001']);
    expect(await has()).toBe(DEPOSIT.minor - 1_250);
  });

  it('asks again while the result waits for its ACK gets the result at once', async () => {
    const { world, register, name, approve, has } = await till();
    await name();
    register.deaf = 1;
    register.ask(payment(T, 1_250));
    await approve();
    expect(results(register)).toHaveLength(1);
    register.ask(payment(T, 1_250));
    expect(results(register)).toEqual(['paid 00255T 000001', 'paid 00255T 000001']);
    await world.clock.advance(60_000);
    expect(results(register)).toHaveLength(2);
    expect(await has()).toBe(DEPOSIT.minor - 1_250);
  });

  it.each([
    ['does not confirm', { deaf: 9 }, 3],
    ['confirms the second time', { deaf: 1 }, 2],
    ['reads it wrongly once', { misread: 1 }, 2],
    ['always reads it wrongly', { misread: 9 }, 3],
  ])('%s the result hears it so often', async (_, manners, times) => {
    const { world, register, name, approve } = await till();
    await name();
    register.ask(payment(T, 1_250));
    Object.assign(register, manners);
    await approve();
    await world.clock.advance(4_000);
    await world.clock.advance(60_000);
    expect(results(register)).toEqual(Array.from({ length: times }, () => 'paid 00255T 000001'));
    Object.assign(register, { deaf: 0, misread: 0 });
    register.ask(last(T));
    await world.clock.advance(1_000);
    expect(results(register).at(-1)).toBe('paid 00255T 000001');
  });

  it('lost its line asks for the last result, and cannot begin another payment meanwhile', async () => {
    const { world, register, hangUp, connect, name, approve, has } = await till();
    await name();
    register.ask(payment(T, 1_250));
    await world.clock.advance(1_000);
    hangUp();
    const again = connect().register;
    await name();
    again.ask(payment(T, 1_250));
    await world.clock.advance(1_000);
    expect(results(again)).toEqual(['IN CORSO: CHIEDERE G 000000']);
    again.ask(last(T));
    await approve();
    expect(results(again)).toEqual(['IN CORSO: CHIEDERE G 000000', 'paid 00255T 000001']);
    expect(register.heard).toEqual([{ kind: 'ack' }, { kind: 'progress', text: 'CLIENTE AVVISATO' }]);
    expect(await has()).toBe(DEPOSIT.minor - 1_250);
  });

  it('asks for the last result after the service was killed', async () => {
    const { world, register, connect, name, approve } = await till();
    await name();
    register.ask(payment(T, 1_250));
    await world.clock.advance(1_000);
    world.kill();
    await world.open();
    const again = connect().register;
    again.ask(last(T));
    await approve();
    expect(results(again)).toEqual(['paid 00255T 000001']);
  });

  it('asked a service that was killed a minute ago, before it asked the customer, hears that nothing was done', async () => {
    const { world, register } = await till();
    await world.service.cashRegisters.begin(T, 'payment');
    await world.clock.advance(60_000);
    register.ask(last(T));
    await world.clock.advance(0);
    expect(results(register)).toEqual(['NON ESEGUITO 000001']);
  });

  it('asked a service that was killed before it asked the customer hears that nothing was done, and can pay', async () => {
    const { world, register, name, approve } = await till();
    await world.service.cashRegisters.begin(T, 'payment');
    register.ask(last(T));
    await world.clock.advance(59_000);
    register.ask(last(T));
    await world.clock.advance(2_000);
    await name();
    register.ask(payment(T, 1_250));
    await world.clock.advance(1_000);
    register.ask(last(T));
    await world.clock.advance(1_000);
    register.ask(payment(T, 1_250));
    await approve();
    expect(results(register)).toEqual([
      'IN CORSO: CHIEDERE G 000001',
      'IN CORSO: CHIEDERE G 000001',
      'IN CORSO: CHIEDERE G 000000',
      'NON ESEGUITO 000001',
      'paid 00255T 000002',
    ]);
  });

  it.each([
    ['payment', payment(T, 1_250)],
    ['reversal', reversal(T)],
    ['last result', last(T)],
  ])('hears that the outcome is not known when the service has a fault: %s', async (_, message) => {
    const { world, register, name } = await till();
    await name();
    world.beforeStatement = (sql) => {
      if (sql.includes('cash_register')) throw new Error('the disk is broken');
    };
    register.ask(message);
    await world.clock.advance(1_000);
    world.beforeStatement = () => {};
    expect(results(register)).toEqual(['ESITO IGNOTO: CHIEDERE G 000000']);
    expect(faults.splice(0)).toEqual([expect.stringContaining('the disk is broken')]);
    register.ask(totals(T));
    await world.clock.advance(1_000);
    expect(register.heard.at(-1)).toMatchObject({ kind: 'message' });
  });

  it('asks for the last result before there was one', async () => {
    const { world, register } = await till();
    register.ask(last(T));
    await world.clock.advance(1_000);
    expect(results(register)).toEqual(['NESSUNA OPERAZIONE 000000']);
  });

  it('hears that the outcome is not known, and later what it was', async () => {
    const rail = new ScriptedRail();
    rail.charges.push(unknown);
    const { world, register, name, approve } = await till({ rail });
    await name();
    register.ask(payment(T, 1_250));
    await approve();
    await world.clock.advance(180_000);
    expect(results(register)).toEqual(['ESITO IGNOTO: CHIEDERE G 000001']);
    expect(progress(register)).not.toContain('ATTESA PIN');
    rail.inquiries.push(done(4_711));
    await world.clock.advance(3_600_000);
    register.ask(last(T));
    await world.clock.advance(1_000);
    expect(results(register).at(-1)).toBe('paid 0003MV 000001');
  });
});

describe('a payment that was made, and that the shop gives back elsewhere', () => {
  it('was made for the register that asks only then, and is not spoken of any more', async () => {
    const { world, register, hangUp, connect, name, approve, merchant } = await till();
    await name();
    register.ask(payment(T, 1_250));
    await world.clock.advance(1_000);
    world.kill();
    hangUp();
    await world.open();
    await approve();
    const [found] = await world.service.payments({ merchantId: merchant.id, limit: 1 });
    await world.service.refund(found?.txn ?? '');
    const again = connect().register;
    again.ask(last(T));
    await world.clock.advance(1_000);
    expect(results(again)).toEqual(['paid 00255T 000001']);
  });

  it('in parts cannot be reversed, and the register hears nothing of the parts', async () => {
    const rail = new ScriptedRail();
    rail.charges.push(done(1_234_567));
    rail.refunds.push(done(0));
    const { world, register, name, approve, merchant } = await till({ rail });
    await name();
    register.ask(payment(T, 1_250));
    await approve();
    const heard = register.heard.length;
    const [found] = await world.service.payments({ merchantId: merchant.id, limit: 1 });
    await world.service.refund(found?.txn ?? '', { key: 'part', amount: { minor: 50, currency: 'EUR' } });
    await world.clock.advance(20_000);
    expect(register.heard).toHaveLength(heard);
    register.ask(reversal(T));
    await world.clock.advance(2_000);
    expect(results(register)).toEqual(['paid 00QGLJ 000001', 'STORNO IMPOSSIBILE 000002']);
  });
});

describe('a reversal', () => {
  async function paid(rail?: Rail) {
    const base = await till(rail === undefined ? {} : { rail });
    await base.name();
    base.register.ask(payment(T, 1_250));
    await base.approve();
    base.register.heard.length = 0;
    const ask = async (message: string) => {
      base.register.ask(message);
      await base.world.clock.advance(2_000);
    };
    return { ...base, ask };
  }

  it.each([['000000'], ['000001']])('of STAN %s gives the last payment back, once', async (stan) => {
    const { world, register, ask, has } = await paid();
    await ask(reversal(T, stan));
    await ask(reversal(T));
    await ask(last(T));
    await ask(totals(T));
    expect(results(register)).toEqual(['paid 000000 000002', 'NIENTE DA STORNARE 000002', 'paid 000000 000002']);
    expect(messages(register).at(-1)).toBe('0T000000000000000000000000');
    expect(await has()).toBe(DEPOSIT.minor);
    expect(await world.breaches()).toEqual([]);
  });

  it('of another number than the last is refused', async () => {
    const { register, ask, has } = await paid();
    await ask(reversal(T, '000002'));
    expect(results(register)).toEqual(['NIENTE DA STORNARE 000001']);
    expect(await has()).toBe(DEPOSIT.minor - 1_250);
  });

  it('that the rail declines leaves the payment, which can be reversed again', async () => {
    const rail = new ScriptedRail();
    rail.charges.push(done(4_711));
    rail.refunds.push(declined, done(0));
    const { register, ask } = await paid(rail);
    await ask(reversal(T));
    await ask(reversal(T));
    expect(results(register)).toEqual(['STORNO NEGATO 000002', 'paid 000000 000003']);
  });

  it('of which the rail does not know is asked for once, and G tells what became of it', async () => {
    const rail = new ScriptedRail();
    rail.charges.push(done(4_711));
    rail.refunds.push(unknown);
    const { world, register, ask } = await paid(rail);
    await ask(reversal(T));
    await world.clock.advance(31_000);
    await ask(reversal(T));
    rail.inquiries.push(done(0));
    await world.clock.advance(3_600_000);
    await ask(last(T));
    expect(results(register)).toEqual([
      'ESITO IGNOTO: CHIEDERE G 000002',
      'IN CORSO: CHIEDERE G 000000',
      'paid 000000 000002',
    ]);
    expect(rail.calls.filter((call) => call === 'refund')).toHaveLength(1);
  });

  it('of what the shop has given back elsewhere is not possible', async () => {
    const { world, merchant, register, ask } = await paid();
    const [found] = await world.service.payments({ merchantId: merchant.id, limit: 1 });
    await world.service.refund(found?.txn ?? '');
    await ask(reversal(T));
    expect(results(register)).toEqual(['STORNO IMPOSSIBILE 000002']);
  });
});

describe('a terminal', () => {
  it('has totals until they are closed', async () => {
    const { world, register, name, approve } = await till();
    for (const minor of [1_250, 300]) {
      await name();
      register.ask(payment(T, minor));
      await approve();
    }
    for (const message of [totals(T), close(T), totals(T), `${T}0s`]) {
      register.ask(message);
      await world.clock.advance(1_000);
    }
    expect(
      messages(register)
        .slice(2)
        .map((text) => text.slice(0, 20)),
    ).toEqual([
      '0T000000000000001550',
      '0C000000000000001550',
      '0T000000000000000000',
      expect.stringMatching(/^0s0{10}[0-9]{8}$/),
    ]);
  });

  it('sends the receipt to the register that prints, once, and again when asked', async () => {
    const { world, register, name, approve } = await till();
    register.ask(`${T}0E1`);
    for (let n = 0; n < 2; n += 1) {
      await name();
      register.ask(payment(T, 1_250));
      await approve();
    }
    register.ask(`${T}0R10${'0'.repeat(10)}`);
    await world.clock.advance(1_000);
    expect(messages(register).map((text) => text.slice(0, 2))).toEqual(['0E', '0S', '0E', '0S']);
    expect(messages(register)[1]).toContain('Edicola Citta}CASH-MOBILE}EUR 12,50}CONTO PREPAGATO}');
  });

  it.each([
    ['of another terminal', (register: Register) => register.ask(payment('87654321', 1))],
    ['with a wrong check octet', (register: Register) => register.ask(payment(T, 1), 0x40)],
    ['that it does not know', (register: Register) => register.ask(`${T}0Z`)],
  ])('refuses a message %s, and does nothing', async (_, ask) => {
    const { world, register, name, merchant } = await till();
    await name();
    ask(register);
    await world.clock.advance(1_000);
    expect(register.heard).toEqual([{ kind: 'nak' }]);
    expect(await world.service.payments({ merchantId: merchant.id, limit: 1 })).toEqual([]);
  });

  it('at work refuses another request, and confirms data for the acquirer', async () => {
    const { register, name } = await till();
    await name();
    register.ask(payment(T, 1_250));
    register.ask(totals(T));
    register.ask(`${T}0U0`);
    expect(register.heard.map(({ kind }) => kind).filter((kind) => kind !== 'progress')).toEqual(['ack', 'nak', 'ack']);
  });

  it('keeps to the mode of the first message', async () => {
    const { world, register } = await till({ mode: 'noext' });
    register.ask(totals(T));
    await world.clock.advance(1_000);
    register.ask(totals(T), 0x03);
    expect(register.heard.map(({ kind }) => kind)).toEqual(['ack', 'message', 'nak']);
  });
});

describe('the registers of a shop', () => {
  it.each([
    [1, 1],
    [999_999, 999_999],
    [1_000_000, 1],
    [1_999_999, 1],
  ])('count operations: the STAN of number %d is %d', (operation, stan) => {
    expect(stanOf(operation)).toBe(stan);
  });

  it.each(['kept', 'undone'] as const)(
    'do everything once when a transaction runs twice, the first run %s',
    async (fate) => {
      const { world, register, name, approve, has } = await till();
      world.body = runTwice((job) => (job === 'register' ? fate : 'not-run'));
      await name();
      register.ask(payment(T, 1_250));
      await approve();
      register.ask(close(T));
      await world.clock.advance(1_000);
      expect(results(register)).toEqual(['paid 00255T 000001']);
      expect(messages(register).at(-1)).toBe('0C0000000000000012500000000000001250');
      expect(await has()).toBe(DEPOSIT.minor - 1_250);
    },
  );

  it('keep the first end of an operation', async () => {
    const { world } = await till();
    const { cashRegisters } = world.service;
    await cashRegisters.begin(T, 'payment');
    const end = (why: string) =>
      cashRegisters.end(T, { number: 1, kind: 'payment' }, { stan: 1, at: 0, outcome: { ok: false, why } });
    const first = await end('A');
    expect(await end('B')).toEqual(first);
    expect((await cashRegisters.find(T))?.last?.result).toEqual(first);
  });

  it('belong to one merchant, who alone names customers', async () => {
    const { world, merchant } = await till();
    const other = (await world.merchant()).merchant;
    const { cashRegisters } = world.service;
    await cashRegisters.add(T, merchant.id);
    await expect(cashRegisters.add(T, other.id)).rejects.toThrow(`terminal ${T} belongs to merchant ${merchant.id}`);
    await expect(cashRegisters.add('00000009', 99)).rejects.toThrow('there is no merchant 99');
    await expect(cashRegisters.name(other.id, T, CUSTOMER_NUMBER)).rejects.toThrow(`no register ${T} of yours`);
    await expect(cashRegisters.name(merchant.id, T, '12')).rejects.toThrow('7 to 15 digits');
    await expect(cashRegisters.begin('00000009', 'payment')).rejects.toThrow('there is no register 00000009');
  });
});
