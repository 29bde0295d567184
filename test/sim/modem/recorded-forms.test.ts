import { expect, test } from 'vitest';
import { hostOf, quietWorld } from '../host.ts';

/** What daemons, gateways, tools and a connection manager of today send to a modem, and cannot do without an OK. */
const NEEDED: readonly string[] = [
  '',
  '&F',
  'Z',
  'E1',
  'E0',
  'I',
  'H',
  'V1',
  'X4',
  '&C1',
  '+CFUN=1',
  '+CFUN?',
  '+CGMI',
  '+CGMM',
  '+CGMR',
  '+CGSN',
  '+CIMI',
  '+CMEE=1',
  '+CMEE=1;+CREG=2',
  '+CMGF=0',
  '+CMGF=?',
  '+CMGL=4',
  '+CMGD=1',
  '+CNMI=?',
  '+CNMI=2,1,0,2,0',
  '+CNMI=2,1,2,2,0',
  '+CNMI=1,2,0,1,0',
  '+CNMI=1,1,0,0,0',
  '+CNMI=2,1,0,0,1',
  '+CNMI=2,0,0,0,1',
  '+CNMI=3,1',
  '+CNMI=2,1,2,1,0',
  '+COPS=3,0',
  '+COPS=3,2',
  '+COPS?',
  '+CPIN?',
  '+CPMS=?',
  '+CPMS?',
  '+CPMS="ME"',
  '+CPMS="SM","SM"',
  '+CPMS="SM","SM","SM"',
  '+CPMS="MT"',
  '+CPMS="SR"',
  '+CPMS="SM","MT","MT"',
  '+CREG=2',
  '+CREG?',
  '+CSCA?',
  '+CSCS?',
  '+CSCS=?',
  '+CSCS="HEX"',
  '+CSCS="UCS2"',
  '+CSCS="GSM"',
  '+CSMS=?',
  '+CSMS?',
  '+CSMS=1',
  '+CSQ',
  '+CUSD=1',
];

/** What they ask beside, where ERROR is an answer, too. */
const ASKED: readonly string[] = [
  '$TSSPCSW=?',
  '*CNTI=2',
  '+CBC',
  '+CCWA=1',
  '+CEMODE?',
  '+CESQ=?',
  '+CGATT?',
  '+CGDCONT=?',
  '+CGEREP=?',
  '+CGREG=2',
  '+CHUP=?',
  '+CIND=?',
  '+CLCC=1',
  '+CLCK=?',
  '+CLCK="SC",2',
  '+CLIP=1',
  '+CMGR=1',
  '+CMMS=2',
  '+CMSS=1',
  '+CNUM',
  '+CPAS',
  '+CPBR=?',
  '+CPBS=?',
  '+CPBS="DC"',
  '+CPBS="EN"',
  '+CPLS=0',
  '+CPOL=,2',
  '+CPOL?',
  '+CPROT=?',
  '+CRC=1',
  '+CRSM=176,12258,0,0,10',
  '+CSIM=10,"0020000100"',
  '+CTZU=1',
  '+GCAP',
  '+GMM',
  '+IFC=2,2',
  '+MODE=2',
  '+MPBR=?',
  '+SPBR=?',
  '+SYNCML=?',
  '+WS46=?',
  '^SBNR=?',
];

async function answerTo(form: string): Promise<string> {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: '+393330000001' }), clock);
  return host.type(`AT${form}\r`);
}

test.each(NEEDED)('AT%s is answered with OK', async (form) => {
  expect(await answerTo(form)).toMatch(/\r\nOK\r\n$/);
});

test.each(ASKED)('AT%s is answered at once, if only with an error', async (form) => {
  expect(await answerTo(form)).toMatch(/\r\n(OK|ERROR|\+CM[ES] ERROR: \d+)\r\n$/);
});
