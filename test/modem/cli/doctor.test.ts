import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gsmModem } from '../../../modem/cli/gsm-modem-program.ts';
import { openTcp } from '../../../sim/index.ts';
import { inProcess } from '../../in-process.ts';
import { line, ok, ScriptedModem } from '../scripted-modem.ts';

let url: string;
let script: ScriptedModem;
let hangUp: () => void;
beforeEach(async () => {
  const tcp = await openTcp();
  url = tcp.url;
  hangUp = () => tcp.hangUp();
  script = new ScriptedModem(tcp)
    .when(/^AT/, ok())
    .when('AT+CGMI', ok('Maker'))
    .when('AT+CGSN', ok('350123451234560'))
    .when('AT+CPIN?', ok('+CPIN: READY'))
    .when('AT+CREG?', ok('+CREG: 0,1'))
    .when('AT+CSCA?', ok('+CSCA: "+391",145'))
    .when('AT+CPMS=?', ok('+CPMS: ("SM","ME"),("SM","ME"),("SM")'))
    .when(/^AT\+CPMS="SM"/, ok('+CPMS: 0,20,0,20,0,20'))
    .when('AT+CNMI=?', ok('+CNMI: (0-2),(0-3),(0),(0-2),(0)'));
});
afterEach(() => hangUp());

interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
}

const run = (...args: readonly string[]) => inProcess(gsmModem, ...args, '--port', url);

async function doctor(): Promise<{ code: number; check: (name: string) => Check | undefined }> {
  const { code, out } = await run('doctor', '--json');
  const checks = out
    .trim()
    .split('\n')
    .map((text): Check => JSON.parse(text));
  return { code, check: (name) => checks.find(({ check }) => check === name) };
}

describe('gsm-modem doctor', () => {
  test('lists each memory, survives one that is refused, and a service centre that is not said', async () => {
    script.when(/^AT\+CPMS="ME"/, line('+CMS ERROR: 302')).when('AT+CSCA?', line('+CMS ERROR: 302'));
    script.when('AT+CNMI=?', ok('+CNMI: (2),(1),(0),(0),(0)'));
    script.when('AT+CSQ', ok('+CSQ: 6,99')).when('AT+CPMS?', ok('+CPMS: "SM",19,20,"SM",19,20'));
    const { code, check } = await doctor();
    expect(check('memories')).toMatchObject({
      ok: true,
      found: expect.stringMatching(/^ME cannot be listed \(.*302.*\); SM lists 0 of 20$/),
    });
    expect(check('service centre')).toMatchObject({ ok: true, found: expect.stringMatching(/does not say.*302/) });
    expect(check('indications')).toMatchObject({
      ok: true,
      found: expect.stringMatching(/status reports: none\. .*\+CNMI=\? offers \(2\),\(1\),\(0\),\(0\),\(0\)/),
    });
    expect(check('signal')).toMatchObject({ ok: true, found: '-101 dBm' });
    expect(check('store')).toMatchObject({ ok: true, found: '19 of 20 places used' });
    expect(code).toBe(0);
  });

  test('fails when no memory can be listed, and when the service centre is empty', async () => {
    script.when(/^AT\+CMG[LR]/, line('+CMS ERROR: 302')).when('AT+CSCA?', ok('+CSCA: "",129'));
    script.when('AT+CMGD=?', ok('+CMGD: (1-3)'));
    script.when('AT+CSQ', ok('+CSQ: 5,99')).when('AT+CPMS?', ok('+CPMS: 20,20,20,20'));
    const { code, check } = await doctor();
    expect(check('memories')).toMatchObject({ ok: false, found: expect.stringMatching(/^ME cannot .*; SM cannot/) });
    expect(check('service centre')).toMatchObject({ ok: false, found: 'none' });
    expect(check('signal')).toMatchObject({ ok: false, found: '-103 dBm, weak' });
    expect(check('store')).toMatchObject({ ok: false, found: '20 of 20 places used' });
    expect(code).toBe(1);
  });
});

describe('gsm-modem probe', () => {
  test.each([
    ['no success without manufacturer and IMEI', /^AT\+CG(?:MI|SN)$/, 1],
    ['one without an IMEI (oFono’s simulator has 10 digits)', 'AT+CGSN', 0],
    ['one without a manufacturer', 'AT+CGMI', 0],
  ])('is %s', async (_what, refused, exitCode) => {
    script.when('AT+CGMM', ok('E173')).when(refused, line('ERROR'));
    const { code, out, err } = await run('probe');
    expect(out).toContain('state: ready');
    expect(code).toBe(exitCode);
    expect(err).toMatch(code === 0 ? /^$/ : /^the modem says neither its manufacturer nor its IMEI: /);
  });
});
