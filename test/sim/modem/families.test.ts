import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { personalities } from '../../../sim/modem/personalities.ts';
import { hostOf, quietWorld } from '../host.ts';

/** A personality as text, its regular expressions too. */
function written(personality: object): string {
  return JSON.stringify(personality, (_key, value: unknown) => (value instanceof RegExp ? String(value) : value));
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** What a family says is what its users and drivers describe: a change of any value is to be meant, and changes its digest here. */
const DIGESTS = {
  standard: 'fc4a752f',
  'huawei-e1752': '69c5e83b',
  'huawei-e220': '40a95576',
  'zte-mf710m': '0f4e3394',
  'option-globetrotter': 'e03eeaa6',
  'dlink-dwm156': 'efed3cbd',
  'icera-e450': '0d016d18',
  'novatel-mc547': 'b6a87484',
  'sierra-mc8775': 'a704c5e1',
  'simcom-sim800': '58ebf4b1',
  'simcom-sim600': '8dc1ba66',
  'simcom-sim7000': '44046320',
  'simcom-sim7600': '75ecf53a',
  'simcom-a7670': 'f0c30bdb',
  'quectel-ec25': '63c087a2',
  'quectel-m95': '31472e3d',
  'wavecom-q2': 'bb55a565',
  'siemens-tc35': '26f5056b',
  'siemens-m20': '283b2045',
  'telit-le910': '9f3648fb',
  'u-blox-sara': '9321ac22',
  'gemalto-bgs2': 'b9f07d52',
  'intel-xmm6260': 'f3b5e2e1',
  'nokia-s60': '568a9d13',
  'nokia-n900': '9d53c464',
  'benq-m32': '80fa37e3',
  'motorola-ezx': 'c42032d6',
  'samsung-z810': 'd0ebfadc',
  'sony-ericsson-p900': '1e0671be',
  'sagem-myx5': '227ed52c',
  'siemens-mc75i': 'e0ccf507',
  'siemens-mc35i': 'edca5a45',
  'ofono-phonesim': '84c039d4',
  'cnmi-bm-3': '432b4186',
  'cnmi-ds-2': '4980207b',
  'qualcomm-6280': '0cbb3010',
  'zte-k3565z': '8e1fd842',
  'sierra-hl6528': 'e903ba6f',
  'not-ready-3': '115ac026',
  'not-ready-515': '19a778b1',
  'slow-first': 'ee726b5e',
  'slow-start': 'dee71ec2',
  'slow-always': '7e6fe0ce',
  'ucs2-at-start': '3989f22b',
  'huawei-e3372': '2ff906c4',
  'simcom-sim7670g': 'f69f9f2c',
  'u-blox-lara-l6': 'c1b6e31b',
  'cpms-ok': '87f28d58',
  'creg-zeros': '38dcda90',
  'sim-pin2': '06ad1bfc',
  'record-reports': '4939e48c',
  'quectel-m35': 'e379e3eb',
  'zte-mf286d': '21fc3f32',
  'odd-a': 'e3899724',
  'odd-b': '15e276c6',
  'odd-c': '00b7636a',
  'odd-d': '24bc4bfe',
  'port-ok': 'bf6f626a',
  'port-error': 'ab088fb3',
  'port-ppp': 'a76523ba',
};

test('every value of every personality is as it was described', () => {
  const found = Object.entries(personalities).map(([id, personality]) => [id, digest(written(personality))]);
  expect(Object.fromEntries(found)).toEqual(DIGESTS);
});

test.each([
  ['sierra-hl6528', 8_000, ['+CMGF', '+CSMS', '+CPMS', '+CNMI'], '+CME ERROR: 3517'],
  ['not-ready-3', 8_000, ['+CMGF'], '+CMS ERROR: 3'],
  ['not-ready-515', 5_000, ['+CPMS', '+CMGR'], '+CMS ERROR: 515'],
])('%s is not ready for %d ms after each start, for %j, and says %s', async (id, ms, commands, result) => {
  const personality = personalities[id] ?? expect.fail(`no personality ${id}`);
  expect(personality.start.notReady).toEqual({ ms, commands, result });
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: '+393330000001', personality });
  const host = await hostOf(modem, clock);
  for (const restart of [() => {}, () => modem.reboot()]) {
    restart();
    await clock.advance(ms - 200);
    await host.type('ATE0;+CMEE=1\r');
    const asked = `AT${commands[0]}${commands[0] === '+CMGF' ? '=0' : '?'}\r`;
    expect(await host.type(asked)).toContain(result);
    await clock.advance(1_000);
    expect(await host.type(asked)).toContain('OK');
  }
});
