import { beforeAll, describe, expect, test } from 'vitest';
import type { QuickJsEngine } from '../../../device/index.ts';
import { expectClasses } from '../../../device/machine/classes.ts';
import type { Boot, Machine } from '../../../device/machine/machine.ts';
import { type SuiteContent, describe as suiteOf } from '../../../device/suite/index.ts';
import { ATTRIBUTES } from '../suite/built-suite.ts';
import { openEngine } from './engine.ts';

let engine: QuickJsEngine;
beforeAll(async () => {
  engine = await openEngine();
});

const CLASS = "class extends require('midp').MIDlet {}";
const ONE: SuiteContent = {
  descriptor: suiteOf(ATTRIBUTES),
  script: `exports.Chat = ${CLASS};`,
  resources: new Map(),
};
const TWO: SuiteContent = {
  ...ONE,
  descriptor: suiteOf({ ...ATTRIBUTES, 'MIDlet-2': 'Talk,,Talk' }),
  script: `${ONE.script} exports.Talk = ${CLASS};`,
};

/** The engine, whose machines are looked at. */
function watched() {
  const machines: (Machine | Promise<Machine>)[] = [];
  const ended: string[] = [];
  const boot =
    (script: string, className: string): Boot =>
    (host) => {
      const machine = engine.boot(script, className)(host);
      machines.push(machine);
      void Promise.resolve(machine).then((one) => {
        const end = one.end.bind(one);
        one.end = () => {
          ended.push(className);
          end();
        };
      });
      return machine;
    };
  return { machines, ended, boot };
}

describe('The program of a suite is loaded before it is installed', () => {
  test('for each class that its descriptor names, in a machine that is ended', async () => {
    const { ended, boot } = watched();
    await expectClasses(TWO, { boot });
    expect(ended).toEqual(['Chat', 'Talk']);
  });

  test.each([
    ['has one class of two', ONE.script, /Talk/],
    ['throws', "throw new Error('mine');", /does not run: mine/],
  ])('and refused with 907 when it %s', async (_what, script, reason) => {
    const refused = expectClasses({ ...TWO, script }, engine);
    await expect(refused).rejects.toMatchObject({ name: 'InstallError', status: 907 });
    await expect(refused).rejects.toThrow(reason);
  });

  test('in a machine that is ready before it is asked for', async () => {
    const { machines, boot } = watched();
    const isReady = async () => {
      await expectClasses(ONE, { boot });
      return machines.at(-1) instanceof Promise ? 'made then' : 'ready';
    };
    await isReady();
    await expect.poll(isReady, { timeout: 20_000 }).toBe('ready');
  });
});
