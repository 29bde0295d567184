import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CUSTOMER } from '../../../sim/demo/cast.ts';
import { onTerminal } from '../../on-terminal.ts';

const DEMO = join(import.meta.dirname, '../../../dist/sim/cli/demo.js');
it('a newcomer who presses the keys that the screen names makes a payment', { timeout: 60_000 }, async () => {
  const demo = onTerminal(DEMO);
  await demo.shows('Press r');
  expect(demo.screen()).toMatch(/Page: http:\/\/127\.0\.0\.1:\d+\/#key=cm_\w{32}$/m);
  demo.type('?');
  await demo.shows('the next SMS is lost');
  demo.type('?');
  await demo.shows('SMS in the air');
  demo.resize(60, 18);
  await demo.shows('too small');
  // The height is used: keypads, the help below the trace, and the last line in the last row but one.
  demo.resize(120, 40);
  await demo.shows(/SMS in the air.*SMS 8 delivered.*Help.*q quit\n$/s);
  expect(demo.screen().split('\n')).toHaveLength(40);
  expect(demo.screen()).toContain('7pqrs');
  demo.resize(80, 24);
  await demo.shows('Press r');
  demo.type('x');
  await demo.shows('the next SMS will be lost');
  demo.type('r');
  await demo.shows('a lost SMS is sent again');
  demo.type('r');
  await demo.shows('Press [ to approve');
  await demo.shows('((•))   RING');
  expect(demo.screen()).toContain('EUR 12.50');
  demo.type('[');
  await demo.shows(`PIN, ${CUSTOMER.pin}`);
  demo.type(CUSTOMER.pin);
  await demo.shows('•••••');
  demo.type('[');
  await demo.shows('Approval code');
  expect(demo.screen()).toContain('CAPTURED');
  demo.type('q');
  expect(await demo.exited).toBe(0);
  // Its key opens nothing any more.
  expect(demo.screen()).not.toContain('#key=');
});
