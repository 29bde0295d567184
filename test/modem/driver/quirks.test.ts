import { expect, test } from 'vitest';
import { describeState, type ModemState } from '../../../modem/index.ts';
import { quirksOf } from '../../../modem/quirks.ts';

const ordinary = {
  characterPauseMs: 0,
  setUp: [],
  pauseAfterPinMs: 0,
  acknowledges: true,
  list: 'cmgl',
  ussd: 'characters',
};
const huawei = { setUp: ['AT^PORTSEL=1'], pauseAfterPinMs: 3_000, ussd: 'packed' };

test.each<[manufacturer: string | undefined, model: string | undefined, quirks: object]>([
  [undefined, undefined, {}],
  ['Quectel', 'EC25', {}],
  ['huawei', 'E173', huawei],
  [undefined, 'Huawei E220', huawei],
  ['Novatel Wireless', 'MC950D', { pauseAfterPinMs: 3_000, acknowledges: false }],
  ['SIEMENS', 'M20', { characterPauseMs: 1 }],
  ['SIEMENS', 'MC35i', {}],
  ['SIEMENS', 'M200', {}],
  ['Sony Ericsson', 'P900', { list: 'one-by-one' }],
  ['SonyEricsson', 'P900', { list: 'one-by-one' }],
  ['SonyEricsson', 'K750', {}],
  ['Huawei', 'like a Novatel', { ...huawei, acknowledges: false }],
])('%s %s has the quirks %j', (manufacturer, model, quirks) => {
  const identity = { ...(manufacturer !== undefined && { manufacturer }), ...(model !== undefined && { model }) };
  expect(quirksOf(identity)).toEqual({ ...ordinary, ...quirks });
});

test.each<[state: ModemState, words: string]>([
  [{ kind: 'opening' }, 'opening'],
  [{ kind: 'identified', identity: { manufacturer: 'Quectel', model: 'EC25' } }, 'identified: Quectel EC25'],
  [{ kind: 'identified', identity: { model: 'EC25' } }, 'identified: EC25'],
  [{ kind: 'locked', reason: 'x' }, 'locked: x'],
  [{ kind: 'lost', reason: 'x' }, 'lost: x'],
  [{ kind: 'absent', reason: 'x' }, 'absent: x'],
  [{ kind: 'searching', registration: 'denied' }, 'searching: denied'],
  [{ kind: 'ready', registration: 'roaming' }, 'ready: roaming'],
  [{ kind: 'closed' }, 'closed'],
])('the state %j is said as %j', (state, words) => {
  expect(describeState(state)).toBe(words);
});
