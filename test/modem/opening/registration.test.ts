import { describe, expect, test } from 'vitest';
import { Chat, memoryPort } from '../../../modem/index.ts';
import { askRegistration, registrationIn } from '../../../modem/opening/registration.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok, ScriptedModem } from '../scripted-modem.ts';

describe('what +CREG says (3GPP TS 27.007, 7.2)', () => {
  test.each([
    ['+CREG: 0,1', 'home'],
    ['+CREG: 2,1,"18d8","ffff"', 'home'],
    ['+CREG:002,001,"18d8","ffff"', 'home'],
    ['+CREG: 002,005,"18d8","ffff"', 'roaming'],
    ['+CREG: 2,10,"18D8","FFFF"', 'roaming'],
    ['+CREG: 1', 'home'],
    ['+CREG: 001', 'home'],
    ['+CREG: 5,"18d8","ffff"', 'roaming'],
    ['+CREG: 5,1808,3999', 'roaming'],
    ['+CREG: 2', 'searching'],
    ['+CREG: 0,0', 'not-searching'],
    ['+CREG: 1,3', 'denied'],
    ['+CREG: 1,4', 'unknown'],
    ['+CREG: 1,6', 'home'],
    ['+CREG: 1,7', 'roaming'],
    ['+CREG: 1,9', 'home'],
    ['+CREG: 1,8', undefined],
    ['+CREG: 1,11', undefined],
  ])('%s is %s', (text, registration) => {
    expect(registrationIn(text)).toBe(registration);
  });

  test('an answer with leading zeros is one, and a code is none', async () => {
    const clock = new VirtualClock();
    const { port, farEnd } = memoryPort();
    new ScriptedModem(farEnd).when('AT+CREG?', `${line('+CREG: 2')}${ok('+CREG:002,001,"18d8","ffff"')}`);
    const chat = await Chat.open(port, clock, { unsolicited() {}, ended() {} });
    let registration: string | undefined;
    void askRegistration(chat).then((answer) => {
      registration = answer;
    });
    await clock.runUntil(() => registration !== undefined, 60_000);
    expect(registration).toBe('home');
  });

  test.each<[circuit: string | undefined, lte: string | undefined, registration: string]>([
    ['1', undefined, 'home'],
    ['0', '1', 'home'],
    ['0', '5', 'roaming'],
    ['2', '0', 'searching'],
    ['0', '2', 'not-searching'],
    ['3', '2', 'denied'],
    ['2', '4', 'searching'],
    ['2', '8', 'searching'],
    ['2', undefined, 'searching'],
    [undefined, '1', 'unknown'],
  ])('+CREG: %s and +CEREG: %s together are %s', async (circuit, lte, registration) => {
    const clock = new VirtualClock();
    const { port, farEnd } = memoryPort();
    const answer = (name: string, stat: string | undefined) =>
      stat === undefined ? line('ERROR') : ok(`${name}: 0,${stat}`);
    new ScriptedModem(farEnd).when('AT+CREG?', answer('+CREG', circuit)).when('AT+CEREG?', answer('+CEREG', lte));
    const chat = await Chat.open(port, clock, { unsolicited() {}, ended() {} });
    expect(await clock.run(askRegistration(chat))).toBe(registration);
  });
});
