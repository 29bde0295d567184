import { CUSTOMER, MERCHANT, SERVICE_NUMBER } from './cast.ts';
import { ask, type Scene } from './scene.ts';

/** How long the service waits before it repeats a request, and time for the answer, ms. */
const REPEAT_LIMIT_MS = 60_000;
const SHORTEST_TTL_S = 30;
const SHORT_TTL_S = 40;

/** The play: what `npm start` shows without a terminal. */
export const SCENES: readonly Scene[] = [
  {
    name: 'approved',
    plot: 'a payment from the web page, approved',
    outcome: 'CAPTURED',
    sms: 3,
    paid: 1250,
    async play(stage) {
      const { txn } = await ask(stage, 'scene-1', 1250, 'Newspapers');
      await stage.customer.approve();
      await stage.customer.read('Paid');
      return txn;
    },
  },
  {
    name: 'receipt-left',
    plot: 'the customer leaves "Paid" on the screen; the next request, which lasts 40 s, is seen all the same',
    outcome: 'CAPTURED',
    sms: 6,
    paid: 450,
    async play(stage) {
      await ask(stage, 'scene-receipt-left-1', 150, 'Chewing gum');
      await stage.customer.approve();
      await stage.customer.phone.waitFor('Paid');
      const { txn } = await ask(stage, 'scene-receipt-left-2', 300, 'Matches', SHORT_TTL_S);
      await stage.customer.approve();
      await stage.customer.phone.waitFor('EUR 3.00');
      await stage.customer.read('Paid');
      return txn;
    },
  },
  {
    name: 'refused',
    plot: 'the customer refuses and never sees a PIN field',
    outcome: 'REFUSED',
    sms: 3,
    paid: 0,
    async play(stage) {
      const { txn } = await ask(stage, 'scene-2', 99_00, 'Encyclopaedia');
      await stage.customer.refuse();
      await stage.customer.read('Refused');
      return txn;
    },
  },
  {
    name: 'wrong-pin',
    plot: 'a wrong PIN, then the right one',
    outcome: 'CAPTURED',
    sms: 5,
    paid: 300,
    async play(stage) {
      const { txn } = await ask(stage, 'scene-3', 300, 'Postcards');
      await stage.customer.approve(MERCHANT.pin);
      await stage.customer.phone.waitFor('Wrong PIN');
      await stage.customer.typePin();
      await stage.customer.read('Paid');
      return txn;
    },
  },
  {
    name: 'expired',
    plot: 'the customer is not there in time',
    outcome: 'EXPIRED',
    paid: 0,
    async play(stage) {
      const { txn } = await ask(stage, 'scene-4', 500, 'Comics', SHORTEST_TTL_S);
      await stage.customer.phone.waitFor('expired', REPEAT_LIMIT_MS);
      await stage.customer.read('expired');
      return txn;
    },
  },
  {
    name: 'merchant-phone',
    plot: "a payment from the merchant's phone",
    outcome: 'CAPTURED',
    sms: 5,
    paid: 420,
    async play(stage) {
      const { merchant, customer } = stage;
      const [receipt] = await Promise.all([
        merchant.collect(CUSTOMER.number, '4.20', 'Magazine').then(() => merchant.read('Paid')),
        customer.approve().then(() => customer.read('Paid')),
      ]);
      const payment = await stage.till.lastPayment();
      if (payment === undefined)
        throw new Error(`the service has no payment, and the merchant's phone says ${receipt}`);
      return payment.txn;
    },
  },
  {
    name: 'lost-sms',
    plot: 'the request is lost in the network, and repeated',
    outcome: 'CAPTURED',
    sms: 4,
    paid: 700,
    async play(stage) {
      stage.world.faults.add({ action: { kind: 'drop' }, from: SERVICE_NUMBER, to: CUSTOMER.number });
      const { txn } = await ask(stage, 'scene-6', 700, 'Almanac');
      await stage.customer.phone.waitFor('Approve', REPEAT_LIMIT_MS);
      await stage.customer.approve();
      await stage.customer.read('Paid');
      return txn;
    },
  },
];
