import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { write } from '../database.ts';
import { FakeModem, LOST, READY } from '../fake-modem.ts';
import { CUSTOMER_NUMBER, DEPOSIT, PIN, shop } from '../world.ts';

/** Debian's package `chromium`. */
const CHROMIUM = '/usr/bin/chromium';
const missing = !existsSync(CHROMIUM) && process.env['CASH_MOBILE_SKIP_NOTHING'] !== '1';

describe.skipIf(missing)("the merchant's page (needs Debian's chromium)", () => {
  let browser: Browser;
  /** One tab a language: Chromium takes a second of the processor to open one. */
  const tabs = new Map<string, Page>();
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    for (const locale of ['en-GB', 'it-IT']) {
      const context = await browser.newContext({ locale, viewport: { width: 320, height: 640 } });
      tabs.set(locale, await context.newPage());
    }
  });
  afterAll(async () => {
    await browser.close();
  });

  /** A shop whose page is open in a browser of a small phone. Each shop has a port of its own, and so a storage of its own. */
  async function open(locale: string, fragment: (apiKey: string) => string = (apiKey) => `#key=${apiKey}`) {
    const modem = new FakeModem('/dev/ttyUSB0');
    const base = await shop(1, { modems: [modem] });
    const url = await base.world.service.http.listen({ host: '127.0.0.1', port: 0 });
    const page = tabs.get(locale);
    if (page === undefined) throw new Error(`no tab speaks ${locale}`);
    const trouble: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') trouble.push(message.text());
    });
    page.on('pageerror', (error) => trouble.push(error.message));
    onTestFinished(async () => {
      page.removeAllListeners();
      await page.unrouteAll();
      await page.goto('about:blank');
      await base.world.service.close();
    });
    await page.goto(`${url}/${fragment(base.apiKey)}`);
    return { ...base, modem, page, url, trouble };
  }

  async function ask(page: Page, customer: string, amount: string): Promise<void> {
    await page.getByLabel("Customer's number or alias").fill(customer);
    await page.getByLabel('Amount (EUR)').fill(amount);
    await page.getByLabel('What it is for').fill('47');
    await page.getByRole('button', { name: 'Ask for the payment' }).click();
  }

  it('asks for a payment, shows the match code, and says when it is paid', async () => {
    const { world, customer, merchant, page, trouble } = await open('en-GB');
    await ask(page, '+39 340 000 0001', '12,50');
    await page.getByText('€12.50 · waiting for the customer').waitFor();
    const [payment] = await world.service.payments({ merchantId: merchant.id, limit: 1 });
    expect(await page.locator('.code').textContent()).toBe(String(payment?.matchCode).padStart(4, '0'));
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    await page.getByText('€12.50 · paid, prepaid account').waitFor();
    // As if a card had paid it, whose last digits its rail knew.
    await write(world.database, "UPDATE payment SET rail = 'card', last_digits = '4242'");
    await page.reload();
    await page.getByRole('cell', { name: 'paid, card •••• 4242', exact: true }).waitFor();
    expect(trouble).toEqual([]);
  });

  it('names who pays next at a cash register, which a shop without one does not see', async () => {
    const { world, merchant, page } = await open('en-GB');
    await page.getByRole('heading', { name: 'Ask for a payment' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Cash register' }).count()).toBe(0);
    for (const terminal of ['12345678', '12345679']) await world.service.cashRegisters.add(terminal, merchant.id);
    await page.reload();
    await page.getByLabel('Terminal').selectOption('12345679');
    const name = async (number: string) => {
      await page.getByLabel('Number or alias of who pays next there').fill(number);
      await page.getByRole('button', { name: 'Ready for the cash register' }).click();
    };
    await name('12');
    await page.getByText('expected + and 7 to 15 digits').waitFor();
    await name('+39 340 000 0001');
    await page.getByText(`${CUSTOMER_NUMBER} pays next at terminal 12345679, until`).waitFor();
    expect(await world.service.cashRegisters.begin('12345679', 'payment')).toMatchObject({ customer: CUSTOMER_NUMBER });
    expect(await world.service.cashRegisters.begin('12345678', 'payment')).toMatchObject({ customer: undefined });
  });

  it('cancels a request', async () => {
    const { world, merchant, page } = await open('en-GB');
    await ask(page, CUSTOMER_NUMBER, '3');
    await page.getByRole('button', { name: 'Cancel the request' }).click();
    await page.getByText('€3.00 · cancelled').waitFor();
    expect((await world.service.payments({ merchantId: merchant.id, limit: 1 }))[0]?.state).toBe('CANCELLED');
  });

  it('says in words that it is too late to cancel', async () => {
    const { world, merchant, page } = await open('it-IT');
    await world.request(merchant);
    await page.reload();
    await page.getByRole('button', { name: 'Annulla la richiesta' }).waitFor();
    await page.route('**/cancel', (route) =>
      route.fulfill({ status: 409, json: { detail: 'payment 0123456789abcdef is APPROVED' } }),
    );
    await page.getByRole('button', { name: 'Annulla la richiesta' }).click();
    await page.getByText('È tardi per annullare: il cliente ha risposto.').waitFor();
    expect(await page.getByText('APPROVED').count()).toBe(0);
  });

  it('says what is wrong, next to where it was typed', async () => {
    const { page } = await open('en-GB');
    await ask(page, CUSTOMER_NUMBER, 'a lot');
    expect(await page.getByRole('alert').first().textContent()).toBe('Please enter an amount such as 12.50.');
    await ask(page, '+393409999999', '1');
    await page
      .getByText('The customer cannot be asked: it is no customer of this service, or has no active phone')
      .waitFor();
  });

  it('asks for the key when it has none, and for another when the service does not know it', async () => {
    const { apiKey, page } = await open('it-IT', () => '');
    await page.getByLabel('Chiave API').fill('cm_wrong');
    await page.getByRole('button', { name: 'Continua' }).click();
    await page.getByText('Il servizio non conosce questa chiave.').waitFor();
    await page.getByLabel('Chiave API').fill(apiKey);
    await page.getByRole('button', { name: 'Continua' }).click();
    await page.getByRole('heading', { name: 'Edicola Città' }).waitFor();
  });

  it('keeps the key out of the address, and in the tab', async () => {
    const { apiKey, page } = await open('en-GB');
    await page.getByRole('heading', { name: 'Edicola Città' }).waitFor();
    expect(page.url()).not.toContain(apiKey);
    await page.reload();
    await page.getByRole('heading', { name: 'Edicola Città' }).waitFor();
  });

  it('is opened again by a link with another key: the merchant of that key is shown, and nothing of the one before', async () => {
    const { world, merchant, page, url, apiKey } = await open('en-GB');
    await page.getByRole('heading', { name: 'Edicola Città' }).waitFor();
    await world.request(merchant);
    await page.reload();
    await page.locator('.code').waitFor();
    const other = await world.service.addMerchant({ name: 'Bar Centrale', currency: 'EUR' });
    await page.goto(`${url}/#key=${other.apiKey}`);
    await page.getByRole('heading', { name: 'Bar Centrale' }).waitFor();
    expect(page.url()).toBe(`${url}/`);
    await page.getByText('No payments yet.').waitFor();
    expect(await page.locator('.code').count()).toBe(0);
    await page.goto(`${url}/#key=${other.apiKey}`);
    await page.getByRole('heading', { name: 'Bar Centrale' }).waitFor();
    expect(page.url()).toBe(`${url}/`);
    await page.goto(`${url}/#key=${apiKey}`);
    await page.getByRole('heading', { name: 'Edicola Città' }).waitFor();
  });

  it.each(['', 'cm_wrong', 'schlüssel', 'a b'])('says of a link with the key "%s" that it is none', async (key) => {
    const { page, trouble } = await open('en-GB', () => `#key=${encodeURIComponent(key)}`);
    await page.getByText('The service does not know this key.').waitFor();
    expect(trouble.filter((line) => !line.includes('401'))).toEqual([]);
  });

  it('forgets the key, and shows nothing of its merchant to the next one', async () => {
    const { world, merchant, page } = await open('en-GB');
    await world.request(merchant);
    await page.reload();
    await page.locator('.code').waitFor();
    await page.getByRole('button', { name: 'Forget the API key' }).click();
    const other = await world.service.addMerchant({ name: 'Bar Centrale', currency: 'EUR' });
    await page.getByLabel('API key').fill(other.apiKey);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('No payments yet.').waitFor();
    expect(await page.locator('.code').count()).toBe(0);
  });

  it('follows after a reload what was under way', async () => {
    const { world, customer, page } = await open('en-GB');
    await ask(page, CUSTOMER_NUMBER, '3');
    await page.getByText('€3.00 · waiting for the customer').waitFor();
    await page.reload();
    await page.getByText('€3.00 · waiting for the customer').waitFor();
    await world.clock.advance(2_000);
    customer.phone.refuse();
    await world.clock.advance(2_000);
    await page.getByText('€3.00 · refused').waitFor();
  });

  it.each([
    ['en-GB', '€1,000.01 · declined: not enough money in the account', 'declined: not enough money in the account'],
    ['it-IT', '1000,01 € · negato: il conto non ha abbastanza denaro', 'negato: il conto non ha abbastanza denaro'],
  ])('says why a payment was declined (%s)', async (locale, now, listed) => {
    const { world, customer, merchant, page } = await open(locale);
    await world.request(merchant, { amount: { minor: DEPOSIT.minor + 1, currency: 'EUR' } });
    await page.reload();
    await page.locator('.code').waitFor();
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    await page.getByText(now).waitFor();
    await page.getByRole('cell', { name: listed, exact: true }).waitFor();
  });

  it('says that no SMS can leave while the modem is gone, and takes that back', async () => {
    const { modem, page, trouble } = await open('en-GB');
    await page.getByRole('heading', { name: 'Edicola Città' }).waitFor();
    const notice = page.getByText('The service cannot send SMS at the moment');
    expect(await notice.count()).toBe(0);
    modem.become(LOST);
    await notice.waitFor();
    modem.become(READY);
    await notice.waitFor({ state: 'detached' });
    expect(trouble).toEqual([]);
  });

  it('says that no SMS can leave when it is opened while the modem is gone', async () => {
    const { modem, page } = await open('en-GB');
    modem.become(LOST);
    await page.reload();
    await page.getByText('The service cannot send SMS at the moment').waitFor();
  });

  it('says that the service does not answer any more', async () => {
    const { world, page } = await open('en-GB');
    await page.getByRole('heading', { name: 'Edicola Città' }).waitFor();
    await world.service.close();
    await page.getByText('The service does not answer.').waitFor();
  });

  it('fits a screen of 320 pixels', async () => {
    const { page } = await open('en-GB');
    await ask(page, CUSTOMER_NUMBER, '3333.33');
    await page.getByText('€3,333.33 · waiting for the customer').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
  });
});
