import { expect, test } from 'vitest';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
const SERVICE_CENTRE = '+393990000001';

/** Lines that are heard after `ATE0`, empty ones left out. */
async function conversation(commands: readonly string[]): Promise<readonly string[]> {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: NUMBER, simCapacity: 10, modemCapacity: 20 }), clock);
  await host.type('ATE0\r');
  let heard = '';
  for (const command of commands) heard = await host.type(`AT${command}\r`);
  // What `&F` brings back is the echo, which ends in a CR of its own.
  return heard.split('\r\n').filter((line) => line !== '' && !line.endsWith('\r'));
}

type Case = readonly [clause: string, commands: string, answer: readonly string[]];

/** ITU-T V.250: commands before the last one prepare it; they are parted by spaces. */
const V250: readonly Case[] = [
  ['6.1.1', 'S3=13 &W S5=9 Z S5?', ['008', 'OK']],
  ['6.1.1', '+CMEE=1 &W +CMEE=2 Z +CMEE?', ['+CMEE: 1', 'OK']],
  ['6.1.2', '+CMEE=1 &W &F +CMEE?', ['+CMEE: 0', 'OK']],
  ['6.1.1', '+CPMS="ME" Z +CPMS?', ['+CPMS: "ME",0,20,"SM",0,10,"SM",0,10', 'OK']],
  ['6.1.2', '+CPMS="ME" &F +CPMS?', ['+CPMS: "ME",0,20,"SM",0,10,"SM",0,10', 'OK']],
  ['6.1.2', '+CMGF=1 &F0 +CMGF?', ['+CMGF: 0', 'OK']],
  ['6.1.3', 'I', ['Cash-Mobile', 'Virtual GSM Modem', '1.0', 'IMEI: 356938030000013', 'OK']],
  ['6.1.4', '+GMI', ['Cash-Mobile', 'OK']],
  ['6.1.5', '+GMM', ['Virtual GSM Modem', 'OK']],
  ['6.1.6', '+GMR', ['1.0', 'OK']],
  ['6.1.7', '+GSN', ['356938030000013', 'OK']],
  ['6.1.9', '+GCAP', ['+GCAP: +CGSM', 'OK']],
  ['6.2.7', 'X4', ['OK']],
  ['6.2.7', 'X9', ['ERROR']],
  ['6.2.8', '&C1', ['OK']],
  ['6.2.9', '&D2', ['OK']],
  ['6.2.8', '&K3', ['OK']],
  ['6.2.8', '&S1', ['OK']],
  ['6.2.4', 'E2', ['ERROR']],
  ['6.2.4', 'E9', ['ERROR']],
  ['6.1.1', 'Z1', ['OK']],
  ['6.1.1', 'Z2', ['ERROR']],
  ['6.1.2', '&F1', ['OK']],
  ['6.1.2', '&F2', ['ERROR']],
  ['6.1.2', '&W1', ['OK']],
  ['6.1.2', '&W2', ['ERROR']],
  ['6.3.8', 'S0=255', ['OK']],
  ['6.3.8', 'S0=256', ['ERROR']],
  ['6.3.8', 'S0?', ['000', 'OK']],
  ['6.3.9', 'S6?', ['002', 'OK']],
  ['6.3.10', 'S7?', ['060', 'OK']],
  ['6.3.11', 'S8?', ['002', 'OK']],
  ['6.3.12', 'S10?', ['001', 'OK']],
  ['6.2.10', '+IPR=115200 +IPR?', ['+IPR: 115200', 'OK']],
  ['6.2.10', '+IPR=123', ['ERROR']],
  ['6.2.11', '+ICF?', ['+ICF: 3,3', 'OK']],
  ['6.2.12', '+IFC=2,2 +IFC?', ['+IFC: 2,2', 'OK']],
  ['6.2.12', '+IFC=?', ['+IFC: (0,1,2),(0,1,2)', 'OK']],
  ['6.3.5', 'A', ['NO CARRIER']],
  ['6.3.6', 'H', ['OK']],
  ['6.3.8', 'S0?', ['000', 'OK']],
  ['6.3.8', 'S0=256', ['ERROR']],
  ['6.3.8', 'S0=255', ['OK']],
  ['6.2.2', 'S4?', ['010', 'OK']],
  ['6.2.3', 'S5?', ['008', 'OK']],
  ['6.3.9', 'S6?', ['002', 'OK']],
  ['6.3.10', 'S7?', ['060', 'OK']],
  ['6.3.11', 'S8?', ['002', 'OK']],
  ['6.3.12', 'S10?', ['001', 'OK']],
  ['6.1.1', 'S5=9 &W S5=8 Z S5?', ['009', 'OK']],
  ['6.1.1', 'Z2', ['ERROR']],
  ['6.1.2', 'S5=9 &W &F S5?', ['008', 'OK']],
];

const MEE = '+CMEE=1';
/** 3GPP TS 27.007. */
const TS_27_007: readonly Case[] = [
  ['5.1', '+CGMI', ['Cash-Mobile', 'OK']],
  ['5.2', '+CGMM', ['Virtual GSM Modem', 'OK']],
  ['5.3', '+CGMR', ['1.0', 'OK']],
  ['5.4', '+CGSN', ['356938030000013', 'OK']],
  ['5.4', '+CGSN=1', ['+CGSN: "356938030000013"', 'OK']],
  ['5.5', '+CSCS=?', ['+CSCS: ("IRA","GSM","UCS2","HEX","8859-1")', 'OK']],
  ['5.4', '+CGSN=0', ['356938030000013', 'OK']],
  ['5.4', `${MEE} +CGSN=2`, ['+CME ERROR: 50']],
  ['5.5', '+CSCS?', ['+CSCS: "IRA"', 'OK']],
  ['5.5', '+CSCS="gsm" +CSCS?', ['+CSCS: "GSM"', 'OK']],
  ['5.5', '+CSCS="UCS2" +CSCS?', ['+CSCS: "UCS2"', 'OK']],
  ['5.5', `${MEE} +CSCS="EBCDIC"`, ['+CME ERROR: 4']],
  ['5.6', '+CIMI', ['001010000000001', 'OK']],
  ['5.9', '+WS46=?', ['+WS46: (12)', 'OK']],
  ['6.5', '+CHUP', ['OK']],
  ['6.11', '+CRC=1 +CRC?', ['+CRC: 1', 'OK']],
  ['7.1', '+CNUM', [`+CNUM: "","${NUMBER}",145`, 'OK']],
  ['7.2', '+CREG=?', ['+CREG: (0-2)', 'OK']],
  ['7.2', '+CREG?', ['+CREG: 0,1', 'OK']],
  ['7.2', '+CREG=2 +CREG?', ['+CREG: 2,1,"00C3","1A2B"', 'OK']],
  ['7.3', '+COPS=3,0 +COPS?', ['+COPS: 0,0,"Cash-Mobile Sim"', 'OK']],
  ['7.3', '+COPS=3,1 +COPS?', ['+COPS: 0,1,"CMSIM"', 'OK']],
  ['7.3', '+COPS=3,2 +COPS?', ['+COPS: 0,2,"00101"', 'OK']],
  ['7.3', '+COPS=?', ['+COPS: (2,"Cash-Mobile Sim","CMSIM","00101"),,(0-4),(0-2)', 'OK']],
  ['7.3', '+COPS=1,2,"00101" +COPS?', ['+COPS: 1,2,"00101"', 'OK']],
  ['7.3', `${MEE} +COPS=1,2,"22201"`, ['+CME ERROR: 30']],
  ['7.3', '+COPS=4,2,"22201" +COPS?', ['+COPS: 0,2,"00101"', 'OK']],
  ['7.3', '+COPS=4,2,"00101" +COPS?', ['+COPS: 1,2,"00101"', 'OK']],
  ['7.3', '+COPS=1,0,"CMSIM" +COPS?', ['+COPS: 1,0,"Cash-Mobile Sim"', 'OK']],
  ['7.3', '+COPS=1,2,"00101" +COPS=0 +COPS?', ['+COPS: 0,2,"00101"', 'OK']],
  ['7.3', `${MEE} +COPS=1,2`, ['+CME ERROR: 50']],
  ['7.3', '+COPS=3,2', ['OK']],
  ['7.3', '+COPS=2 +COPS?', ['+COPS: 2', 'OK']],
  ['7.3', '+COPS=2 +CREG?', ['+CREG: 0,0', 'OK']],
  ['7.4', '+CLCK="SC",2', ['+CLCK: 0', 'OK']],
  ['7.4', '+CLCK="SC",1,"1234" +CLCK="SC",2', ['+CLCK: 1', 'OK']],
  ['7.4', `${MEE} +CLCK="SC",1,"9999"`, ['+CME ERROR: 16']],
  ['7.4', '+CLCK="SC",1,"1234" +CLCK="AO",2', ['+CLCK: 0', 'OK']],
  ['7.4', '+CLCK="SC",1,"1234" +CLCK="SC",0,"1234" +CLCK="SC",2', ['+CLCK: 0', 'OK']],
  ['7.4', `${MEE} +CLCK="AO",1,"1234"`, ['+CME ERROR: 4']],
  ['7.4', `${MEE} +CLCK="SC",1,"123"`, ['+CME ERROR: 16']],
  ['7.4', `${MEE} +CLCK="SC",1,"123456789"`, ['+CME ERROR: 16']],
  ['7.4', `${MEE} +CLCK="SC",1,"12a4"`, ['+CME ERROR: 16']],
  ['7.4', '+CLCK=?', ['+CLCK: ("SC")', 'OK']],
  ['7.5', '+CLCK="SC",1,"1234" +CPWD="SC","1234","4321" +CLCK="SC",0,"4321"', ['OK']],
  ['7.5', `${MEE} +CPWD="SC","1234","4321"`, ['+CME ERROR: 3']],
  ['7.5', `${MEE} +CPWD="P2","1234","4321"`, ['+CME ERROR: 4']],
  ['7.5', `${MEE} +CLCK="SC",1,"1234" +CPWD="SC","1111","4321"`, ['+CME ERROR: 16']],
  ['7.5', `${MEE} +CLCK="SC",1,"1234" +CPWD="SC","1234","4321" +CLCK="SC",0,"1234"`, ['+CME ERROR: 16']],
  ['7.5', '+CPWD=?', ['+CPWD: ("SC",8)', 'OK']],
  ['7.6', '+CLIP=1 +CLIP?', ['+CLIP: 1,1', 'OK']],
  ['7.12', '+CCWA=1', ['OK']],
  ['7.15', '+CUSD=?', ['+CUSD: (0-2)', 'OK']],
  ['7.15', '+CUSD=1 +CUSD?', ['+CUSD: 1', 'OK']],
  ['7.15', `${MEE} +CSCS="HEX" +CUSD=1,"1B"`, ['+CME ERROR: 50']],
  ['7.18', '+CLCC', ['OK']],
  ['7.19', '+CPOL=,2', ['OK']],
  ['7.20', '+CPLS=0', ['OK']],
  ['8.1', '+CPAS', ['+CPAS: 0', 'OK']],
  ['8.2', '+CFUN?', ['+CFUN: 1', 'OK']],
  ['8.2', '+CFUN=4 +CFUN?', ['+CFUN: 4', 'OK']],
  ['8.2', '+CFUN=4 +CREG?', ['+CREG: 0,0', 'OK']],
  ['8.2', '+CFUN=?', ['+CFUN: (0,1,4),(0,1)', 'OK']],
  ['8.3', '+CPIN?', ['+CPIN: READY', 'OK']],
  ['8.3', `${MEE} +CPIN="1234"`, ['+CME ERROR: 3']],
  ['8.3', `${MEE} +CPIN="1234","1234","1234"`, ['+CME ERROR: 50']],
  ['8.4', '+CBC', ['+CBC: 0,90', 'OK']],
  ['8.5', '+CSQ', ['+CSQ: 23,0', 'OK']],
  ['8.9', '+CIND?', ['+CIND: 5,3,1,0,0,0,0', 'OK']],
  ['8.10', '+CMER=3,0,0,1 +CMER?', ['+CMER: 3,0,0,1,0', 'OK']],
  ['8.11', '+CPBS=?', ['+CPBS: ("SM","ME","ON","LD","MC","RC","DC","FD","EN")', 'OK']],
  ['8.11', '+CPBS="ME" +CPBS?', ['+CPBS: "ME",0,100', 'OK']],
  ['8.11', `${MEE} +CPBS="XX"`, ['+CME ERROR: 4']],
  ...['LD', 'MC', 'RC', 'DC', 'FD'].map(
    (book): Case => ['8.11', `+CPBS="${book}" +CPBS?`, [`+CPBS: "${book}",0,10`, 'OK']],
  ),
  ['8.11', '+CPBS="on" +CPBS?', ['+CPBS: "ON",1,1', 'OK']],
  ['8.11', '+CPBS="EN" +CPBS?', ['+CPBS: "EN",1,1', 'OK']],
  ['8.11', '+CPBS?', ['+CPBS: "SM",0,50', 'OK']],
  ['8.11', '+CPBS="ME" +CPBW=100,"5" +CPBS="SM" +CPBS?', ['+CPBS: "SM",0,50', 'OK']],
  ['8.11', '+CPBS="ME" +CPBW=100,"5" +CPBR=100', ['+CPBR: 100,"5",129,""', 'OK']],
  ['8.12', '+CPBR=?', ['+CPBR: (1-50),40,16', 'OK']],
  ['8.12', '+CPBW=7,"123",129,"Ann" +CPBR=1,50', ['+CPBR: 7,"123",129,"Ann"', 'OK']],
  ['8.12', '+CPBR=1', ['OK']],
  ['8.12', '+CPBS="ON" +CPBR=1', [`+CPBR: 1,"${NUMBER}",145,""`, 'OK']],
  ['8.12', '+CPBS="EN" +CPBR=1', ['+CPBR: 1,"112",129,"SOS"', 'OK']],
  ['8.13', '+CPBW=,"39333",145,"Bob" +CPBF="b"', ['+CPBF: 1,"+39333",145,"Bob"', 'OK']],
  ['8.13', `${MEE} +CPBF="zz"`, ['+CME ERROR: 22']],
  ['8.13', `${MEE} +CSCS="HEX" +CPBF="1B"`, ['+CME ERROR: 50']],
  [
    '8.14',
    '+CPBW=1,"1" +CPBW=3,"3" +CPBW=,"2" +CPBR=1,3',
    ['+CPBR: 1,"1",129,""', '+CPBR: 2,"2",129,""', '+CPBR: 3,"3",129,""', 'OK'],
  ],
  ['8.14', '+CPBW=1,"1",129,"sixteen letters!" +CPBR=1', ['+CPBR: 1,"1",129,"sixteen letters!"', 'OK']],
  ['8.14', `${MEE} +CPBW=1,"1",129,"seventeen letters"`, ['+CME ERROR: 24']],
  ['8.14', `+CPBW=1,"${'1'.repeat(40)}" +CPBR=1`, [`+CPBR: 1,"${'1'.repeat(40)}",129,""`, 'OK']],
  ['8.14', `${MEE} +CPBW=1,"${'1'.repeat(41)}"`, ['+CME ERROR: 26']],
  ['8.14', `+CPBW=1,"",129,"no number" +CPBR=1`, ['+CPBR: 1,"",129,"no number"', 'OK']],
  ['8.14', '+CPBW=1,"39",145 +CPBR=1', ['+CPBR: 1,"+39",145,""', 'OK']],
  ['8.14', '+CPBW=1,"+39",145 +CPBR=1', ['+CPBR: 1,"+39",145,""', 'OK']],
  // What stands for a quote and a backslash (ITU-T V.250, 5.4.2.2).
  ['8.14', String.raw`+CPBW=1,"1",129,"\5Ca\22b\5c" +CPBR=1`, [String.raw`+CPBR: 1,"1",129,"\a"b\"`, 'OK']],
  ['8.14', '+CPBW=?', ['+CPBW: (1-50),40,(129,145),16', 'OK']],
  ['8.14', '+CPBW=7,"123",129,"Ann" +CPBW=7 +CPBR=7', ['OK']],
  ['8.14', `${MEE} +CPBW=1,"123",129,"a name that is too long"`, ['+CME ERROR: 24']],
  ['8.14', `${MEE} +CPBW=51,"123"`, ['+CME ERROR: 50']],
  ['8.14', `${MEE} +CPBS="FD" +CPBW=1,"123"`, ['+CME ERROR: 3']],
  ['8.15', '+CCLK="10/03/02,10:00:00+04" +CCLK?', ['+CCLK: "10/03/02,10:00:00+04"', 'OK']],
  ['8.15', '+CCLK="10/03/02,10:00:00-20" +CCLK?', ['+CCLK: "10/03/02,16:00:00+04"', 'OK']],
  ['8.15', '+CCLK="10/03/02,10:00:00" +CCLK?', ['+CCLK: "10/03/02,11:00:00+04"', 'OK']],
  ['8.15', `${MEE} +CCLK="yesterday"`, ['+CME ERROR: 50']],
  ['8.15', `${MEE} +CCLK="10/02/30,10:00:00"`, ['+CME ERROR: 50']],
  ['8.18', '+CRSM=176,12258,0,0,10', [expect.stringMatching(/^\+CRSM: 144,0,"[0-9F]{20}"$/), 'OK']],
  ['8.18', '+CRSM=176,28619,0,0,4', ['+CRSM: 148,4', 'OK']],
  ['8.40', '+CTZU=1', ['OK']],
  ['8.65', '+CPINR', ['+CPINR: SIM PIN,3,3', '+CPINR: SIM PUK,10,10', 'OK']],
  ['8.69', '+CESQ', ['+CESQ: 46,0,255,255,255,255', 'OK']],
  ['9.1', '+CMEE=?', ['+CMEE: (0-2)', 'OK']],
  ['9.1', '+CMEE=0 +CPBS="XX"', ['ERROR']],
  ['9.2', '+CMEE=2 +CPBS="XX"', ['+CME ERROR: operation not supported']],
  ['9.2', '+CMEE=2 +CPBW=1,"123",129,"a name that is too long"', ['+CME ERROR: text string too long']],
  ['10.1.1', '+CGDCONT=?', ['+CGDCONT: (1-16),"IP",,,(0),(0)', 'OK']],
  ['10.1.9', '+CGATT?', ['+CGATT: 1', 'OK']],
  ['10.1.20', '+CGREG=2 +CGREG?', ['+CGREG: 2,1,"00C3","1A2B"', 'OK']],
];

/** 3GPP TS 27.005; what needs messages is in `messages.test.ts`. */
const TS_27_005: readonly Case[] = [
  ['3.2.1', '+CSMS=?', ['+CSMS: (0,1)', 'OK']],
  ['3.2.1', '+CSMS?', ['+CSMS: 0,1,1,1', 'OK']],
  ['3.2.1', '+CSMS=1', ['+CSMS: 1,1,1', 'OK']],
  ['3.2.2', '+CPMS=?', ['+CPMS: ("SM","ME","MT","SR"),("SM","ME","MT"),("SM","ME","MT")', 'OK']],
  ['3.2.2', '+CPMS?', ['+CPMS: "SM",0,10,"SM",0,10,"SM",0,10', 'OK']],
  ['3.2.2', '+CPMS="ME"', ['+CPMS: 0,20,0,10,0,10', 'OK']],
  ['3.2.2', '+CPMS="SM","MT"', ['+CPMS: 0,10,0,30,0,10', 'OK']],
  ['3.2.2', '+CPMS="SR","ME","MT"', ['+CPMS: 0,20,0,20,0,30', 'OK']],
  ['3.2.2', '+CPMS="BM"', ['+CMS ERROR: 302']],
  ['3.2.2', '+CPMS="SM","SM","SM","SM"', ['+CMS ERROR: 304']],
  ['3.2.3', '+CMGF=?', ['+CMGF: (0,1)', 'OK']],
  ['3.2.3', '+CMGF=1 +CMGF?', ['+CMGF: 1', 'OK']],
  ['3.3.1', '+CSCA?', [`+CSCA: "${SERVICE_CENTRE}",145`, 'OK']],
  ['3.3.1', '+CSCA="+391234",145 +CSCA?', ['+CSCA: "+391234",145', 'OK']],
  ['3.3.1', '+CSCA="391234",145 +CSCA?', ['+CSCA: "+391234",145', 'OK']],
  ['3.3.1', '+CSCA="391234" +CSCA?', ['+CSCA: "391234",129', 'OK']],
  ['3.3.1', '+CSCA="+391234" +CSCA?', ['+CSCA: "+391234",145', 'OK']],
  ['3.3.1', '+CSCA="me"', ['+CMS ERROR: 305']],
  ['3.3.2', '+CSMP=25,"01020304050607" +CSMP?', ['+CSMP: 25,"01020304050607",0,0', 'OK']],
  ['3.3.2', '+CSMP=9,"01020304050607" +CSMP?', ['+CSMP: 9,"01020304050607",0,0', 'OK']],
  ['3.3.2', '+CSMP=1,"01020304050607"', ['+CMS ERROR: 304']],
  ['3.3.2', '+CSMP=,,,8 +CSMP?', ['+CSMP: 17,167,0,8', 'OK']],
  ['3.3.2', '+CSMP?', ['+CSMP: 17,167,0,0', 'OK']],
  ['3.3.2', '+CSMP=49,255,0,8 +CSMP?', ['+CSMP: 49,255,0,8', 'OK']],
  ['3.3.2', '+CSMP=999', ['+CMS ERROR: 304']],
  ['3.3.3', '+CSDH=1 +CSDH?', ['+CSDH: 1', 'OK']],
  ['3.3.4', '+CSCB=1,"0-10","" +CSCB?', ['+CSCB: 1,"0-10",""', 'OK']],
  ['3.3.5', '+CSMP=49,1,0,0 +CSAS +CSMP=17,2,0,0 +CRES +CSMP?', ['+CSMP: 49,1,0,0', 'OK']],
  ['3.3.5', '+CSCB=1,"5","1" +CSAS +CSCB=0,"","" +CRES +CSCB?', ['+CSCB: 1,"5","1"', 'OK']],
  ['3.3.6', '+CMGF=1 +CSAS +CMGF=0 +CRES +CMGF?', ['+CMGF: 0', 'OK']],
  ['3.4.1', '+CNMI=?', ['+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)', 'OK']],
  ['3.4.1', '+CNMI=2,1,0,2,0 +CNMI?', ['+CNMI: 2,1,0,2,0', 'OK']],
  ['3.4.1', '+CNMI=3,1 +CNMI?', ['+CNMI: 3,1,0,0,0', 'OK']],
  ['3.4.1', '+CNMI=9', ['+CMS ERROR: 304']],
  ['3.4.2', '+CMGL=?', ['+CMGL: (0-4)', 'OK']],
  ['3.4.2', '+CMGF=1 +CMGL=?', ['+CMGL: ("REC UNREAD","REC READ","STO UNSENT","STO SENT","ALL")', 'OK']],
  ['3.4.2', '+CMGL=4', ['OK']],
  ['3.4.3', '+CMGR=1', ['+CMS ERROR: 321']],
  ['3.4.4', '+CNMA=?', ['+CNMA: (0-2)', 'OK']],
  ['3.4.4', '+CSMS=1 +CNMA', ['+CMS ERROR: 340']],
  ['3.4.4', '+CNMA', ['+CMS ERROR: 340']],
  ['3.4.4', '+CSMS=1 +CMGF=1 +CNMA=0', ['+CMS ERROR: 303']],
  ['3.5.5', '+CMGF=1 +CMGC=10', ['+CMS ERROR: 303']],
  ['3.5.1', '+CMGF=1 +CMGS', ['ERROR']],
  ['3.5.1', '+CMGF=1 +CMGS=', ['+CMS ERROR: 305']],
  ['3.5.4', '+CMGD=?', ['+CMGD: (),(0-4)', 'OK']],
  ['3.5.4', '+CMGD=11', ['+CMS ERROR: 321']],
  ['3.5.6', '+CMMS=2 +CMMS?', ['+CMMS: 2', 'OK']],
  ['3.5.6', '+CMMS=?', ['+CMMS: (0-2)', 'OK']],
];

const CASES: readonly (readonly [standard: string, ...Case])[] = [
  ...V250.map((line) => ['ITU-T V.250', ...line] as const),
  ...TS_27_007.map((line) => ['3GPP TS 27.007', ...line] as const),
  ...TS_27_005.map((line) => ['3GPP TS 27.005', ...line] as const),
];

test.each(CASES)('%s, %s: AT%s', async (_standard, _clause, commands, answer) => {
  expect(await conversation(commands.split(/ (?=[+&^A-Z])(?=[^"]*(?:"[^"]*"[^"]*)*$)/))).toEqual(answer);
});

test('a value that a test form does not have is refused (ITU-T V.250, 5.4.3)', async () => {
  for (const name of ['+CREG', '+CMEE', '+CMGF', '+CSDH', '+CMMS', '+CRC', '+CLIP', '+CTZU', '+CNMI', '+IFC']) {
    expect((await conversation([`${name}=9`])).at(-1), name).toMatch(/ERROR/);
  }
});

test('the SIM is asked for its PIN before what needs it, and not before the rest (3GPP TS 27.007, 8.3)', async () => {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: NUMBER, pin: '1234' }), clock);
  await host.type('ATE0;+CMEE=1\r');
  for (const free of [
    '',
    '+CGMI',
    '+CGSN',
    '+CMEE?',
    '+CPIN?',
    '+CPINR',
    '+CFUN?',
    '+CMGF=0',
    '+CSCS="GSM"',
    '+CREG?',
  ]) {
    expect(await host.type(`AT${free}\r`), free).toMatch(/OK\r\n$/);
  }
  for (const locked of ['+CIMI', '+CNUM', '+COPS?', '+CPBR=1', '+CLCK="SC",2']) {
    expect(await host.type(`AT${locked}\r`), locked).toContain('+CME ERROR: 11');
  }
  for (const locked of ['+CPMS?', '+CMGL=4', '+CMGR=1', '+CMGS=10', '+CSCA?']) {
    expect(await host.type(`AT${locked}\r`), locked).toContain('+CMS ERROR: 311');
  }
});

/** Commands of manufacturers: settings of Huawei modems, and the number of the card (ICCID). */
test.each<readonly [commands: string, answer: readonly string[]]>([
  ['+CCID', ['+CCID: "8939990000000000011"', 'OK']],
  ['^PORTSEL?', ['^PORTSEL: 1', 'OK']],
  ['^PORTSEL=0 ^PORTSEL?', ['^PORTSEL: 0', 'OK']],
  ['^CURC?', ['^CURC: 1', 'OK']],
  ['^CURC=0 ^CURC?', ['^CURC: 0', 'OK']],
  ['^USSDMODE?', ['^USSDMODE: 1', 'OK']],
  ['^USSDMODE=0 ^USSDMODE?', ['^USSDMODE: 0', 'OK']],
  ...['^PORTSEL', '^CURC', '^USSDMODE'].flatMap((name) => [
    [`${MEE} ${name}=2`, ['+CME ERROR: 50']] as const,
    [`${MEE} ${name}=`, ['+CME ERROR: 50']] as const,
    [`${name}=?`, [`${name}: (0,1)`, 'OK']] as const,
  ]),
])('AT%s: %j', async (commands, answer) => {
  expect(await conversation(commands.split(' '))).toEqual(answer);
});
