import { by, type Fact } from './fact.ts';

/** Facts about the start of a modem and about the SIM. */
export const simFacts: readonly Fact[] = [
  {
    id: 'sim-busy',
    says: 'says +CME ERROR: 14 for up to 40 s after power-on',
    source: 'users of SIMCom modules',
    shown: by('simcom-sim800'),
  },
  {
    id: 'please-wait',
    says: 'says +CME ERROR: 515 while it starts',
    source: 'users of Wavecom modems',
    shown: by('wavecom-q2'),
  },
  {
    id: 'pin-needs-pause',
    says: 'restarts when it is asked anything within 3 s after the PIN',
    source: 'users of Huawei and Novatel sticks',
    shown: by('huawei-e1752', 'novatel-mc547'),
  },
  {
    id: 'silent-after-pin',
    says: 'is silent for 40 s after the PIN',
    source: 'users of Telit modules',
    shown: by('telit-le910'),
  },
  {
    id: 'cpin-quoted',
    says: 'says +CPIN: "READY", with quotes',
    source: 'users of several models',
    shown: by('odd-a'),
  },
  {
    id: 'cpin-without-space',
    says: 'says +CPIN:READY, without the space',
    source: 'users of several models',
    shown: by('odd-b'),
  },
  {
    id: 'atz-needs-pin',
    says: 'refuses ATZ until the PIN is given',
    source: 'users of several models',
    shown: by('odd-a'),
  },
  {
    id: 'pin-locks',
    says: 'locks the SIM after three wrong PINs, and for good after ten wrong PUKs',
    source: 'gammu#458; MKRGSM#98; openwrt/packages#25116; 3GPP TS 31.101, 9.5.1',
    shown: by('standard'),
  },
  {
    id: 'counter-cpinr',
    says: 'counts the tries left with +CPINR',
    source: '3GPP TS 27.007, 8.65',
    shown: by('standard'),
  },
  {
    id: 'counter-huawei',
    says: 'counts the tries left with ^CPIN?',
    source: 'oFono sim.c',
    shown: by('huawei-e1752', 'huawei-e220'),
  },
  {
    id: 'counter-simcom',
    says: 'counts the tries left with +SPIC',
    source: 'users of SIMCom modules',
    shown: by('simcom-sim800'),
  },
  {
    id: 'counter-spic',
    says: 'counts the tries left with ^SPIC',
    source: 'oFono sim.c',
    shown: by('gemalto-bgs2', 'siemens-tc35'),
  },
  { id: 'counter-telit', says: 'counts the tries left with #PCT', source: 'oFono sim.c', shown: by('telit-le910') },
  { id: 'counter-qpinc', says: 'counts the tries left with +QPINC?', source: 'oFono sim.c', shown: by('quectel-ec25') },
  { id: 'counter-qtrpin', says: 'counts the tries left with +QTRPIN', source: 'oFono sim.c', shown: by('quectel-m95') },
  { id: 'counter-ublox', says: 'counts the tries left with +UPINCNT', source: 'oFono sim.c', shown: by('u-blox-sara') },
  { id: 'counter-zte', says: 'counts the tries left with +ZPINPUK=?', source: 'oFono sim.c', shown: by('zte-mf710m') },
  { id: 'counter-icera', says: 'counts the tries left with %PINNUM?', source: 'oFono sim.c', shown: by('icera-e450') },
  {
    id: 'counter-intel',
    says: 'counts the tries left with +XPINCNT',
    source: 'oFono sim.c',
    shown: by('intel-xmm6260'),
  },
];
