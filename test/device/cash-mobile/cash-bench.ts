import type { Language } from '../../../device/index.ts';
import type { DownMessage, PayRequest } from '../../../device/safe-mobile/index.ts';
import { type Bench, type BenchOptions, bench, during, settle } from '../bench.ts';
import { FakeService, type Wish } from './fake-service.ts';

export const PIN = '48213';

/** A phone with the payment application, and the service it talks to. */
export interface CashBench extends Bench {
  readonly service: FakeService;
  /** Delivers a message to the phone and lets it do what needs no time. */
  send(message: DownMessage | Uint8Array): Promise<void>;
  /** Delivers a request for a payment. */
  request(wish?: Wish): Promise<PayRequest>;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** Does something that takes time on the clock. */
  during<T>(promise: Promise<T>): Promise<T>;
  /** Writes into the field that has the focus. */
  type(text: string): Promise<void>;
  /** Chooses something and lets it happen. */
  select(label: string): Promise<void>;
}

/** A phone on which the application is installed and opened, but not enrolled. */
export async function installed(options: BenchOptions & { readonly merchant?: string } = {}): Promise<CashBench> {
  const phone = bench(options);
  const service = new FakeService(phone.clock);
  const cash = attach(phone, service);
  phone.handset.install(
    service.jad(options.merchant === undefined ? [] : [`Cash-Mobile-Merchant: ${options.merchant}`]),
  );
  await openApplication(cash, options.language ?? 'en');
  return cash;
}

/** A phone that may pay. The application is closed. */
export async function enrolled(options: BenchOptions & { readonly merchant?: string } = {}): Promise<CashBench> {
  const cash = await installed(options);
  await enrol(cash, options.language ?? 'en');
  cash.phone.press('power');
  await cash.settle();
  cash.service.heard.length = 0;
  cash.radio.sent.length = 0;
  return cash;
}

/** Joins a phone and a service that know each other, as after a power cut. */
export function attach(phone: Bench, service: FakeService): CashBench {
  phone.radio.onSent = (message) => service.take(message);
  const cash: CashBench = {
    ...phone,
    service,
    async send(message) {
      await phone.radio.deliver(service.sms(message));
      await settle(phone.clock);
    },
    async request(wish) {
      const message = service.payRequest(wish);
      await cash.send(message);
      return message;
    },
    settle: () => settle(phone.clock),
    during: (promise) => during(phone.clock, promise),
    type: (text) => during(phone.clock, phone.phone.type(text)),
    async select(label) {
      await during(phone.clock, phone.phone.keysWork());
      phone.phone.select(label);
      await settle(phone.clock);
    },
  };
  return cash;
}

const LABELS = {
  en: { menu: 'Menu', applications: 'Applications', next: 'Next', confirm: 'Confirm', ok: 'OK' },
  it: { menu: 'Menu', applications: 'Applicazioni', next: 'Avanti', confirm: 'Conferma', ok: 'OK' },
} as const;

export async function openApplication(cash: CashBench, language: Language): Promise<void> {
  for (const label of [LABELS[language].menu, LABELS[language].applications, 'Cash-Mobile']) await cash.select(label);
}

/** Enrols as a person does: code, PIN twice, PIN once more. @param dismissed whether the last notice is, too */
export async function enrol(cash: CashBench, language: Language = 'en', pin = PIN, dismissed = true): Promise<void> {
  const { next, confirm, ok } = LABELS[language];
  await cash.type(cash.service.activationCode.toLowerCase());
  await cash.select(next);
  await cash.type(pin);
  await cash.select(next);
  await cash.type(pin);
  await cash.select(next);
  const request = cash.service.enrolmentRequest();
  await cash.send(request);
  await cash.type(pin);
  await cash.select(confirm);
  await cash.send(cash.service.receipt(request.challenge, 'active'));
  if (dismissed) await cash.select(ok);
}

/** What stands on the screen, item by item. */
export function wordsOf({ phone }: Bench): readonly string[] {
  return phone.screen.items.map(({ label, value }) => [label, value].filter((part) => part).join(': '));
}
