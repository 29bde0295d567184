import { describe, expect, test } from 'vitest';
import { textOf } from '../../../device/index.ts';
import { enrol, installed, PIN, wordsOf } from './cash-bench.ts';

describe('Enrolment', () => {
  test('asks for the activation code, the PIN twice, and sends one ENROL', async () => {
    const cash = await installed();
    expect(cash.phone.screen.title).toBe('Activation');
    await cash.type(cash.service.activationCode.toLowerCase());
    await cash.select('Next');
    await cash.type(PIN);
    expect(cash.phone.screen.items).toEqual([{ label: 'New PIN, 5 to 8 digits', value: '•••••', focused: true }]);
    await cash.select('Next');
    await cash.type(PIN);
    await cash.select('Next');
    expect(cash.phone.screen.title).toBe('Registering this phone');
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['ENROL']);
    const [enrolment] = cash.service.all('ENROL');
    expect(enrolment && cash.service.isRightCode(enrolment.activationCode)).toBe(true);
  });

  test('is complete after the PIN was typed once more and the service said "active"', async () => {
    const cash = await installed();
    await enrol(cash);
    expect(cash.phone.screen.title).toBe('Cash-Mobile');
    expect(wordsOf(cash)).toEqual(['History']);
    const [approval] = cash.service.all('APPROVE');
    expect(approval && cash.service.isRight(approval)).toBe(true);
  });

  test('speaks Italian on an Italian phone', async () => {
    const cash = await installed({ language: 'it' });
    expect(textOf(cash.phone.screen)).toContain('Codice attivazione');
    await enrol(cash, 'it');
    expect(wordsOf(cash)).toEqual(['Storico']);
  });
});
