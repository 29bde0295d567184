import { by, type Fact, fault } from './fact.ts';

/** Facts about sending. */
export const sendingFacts: readonly Fact[] = [
  {
    id: 'cmgs-slow',
    says: 'takes up to 120 s to answer +CMGS',
    source: 'Quectel manuals',
    shown: [fault('stall', '--set ms=120000 --command +CMGS')],
  },
  {
    id: 'ctrl-z-submits',
    says: 'submits what was typed at a Ctrl-Z, half a PDU too: one that is not as long as announced is refused',
    source: '3GPP TS 27.005, 4.3',
    shown: by('standard'),
  },
  {
    id: 'answer-lost',
    says: 'sends the SMS and never answers',
    source: 'smstools3, whose users found messages sent twice',
    shown: [fault('lose-answer')],
  },
  {
    id: 'refused-500',
    says: 'refuses +CMGS with 500, 512 or 513: a collision, or weak radio',
    source: 'users of several models',
    shown: [fault('refuse', '--set cause=500')],
  },
  {
    id: 'smsc-unknown',
    says: 'says +CMS ERROR: 330 when it knows no service centre',
    source: '3GPP TS 27.005, 3.2.5',
    shown: by('standard'),
  },
  {
    id: 'network-out-of-order',
    says: 'refuses +CMGS with 38, which passes',
    source: '3GPP TS 24.011, 8.2.5.4',
    shown: [fault('refuse', '--set cause=38')],
  },
  {
    id: 'csmp-clears-smsc',
    says: 'forgets the service centre at +CSMP',
    source: 'users of some models',
    shown: by('odd-a'),
  },
  { id: 'cmms-refused', says: 'says +CMS ERROR: 500 to +CMMS=2', source: 'users of E1752', shown: by('huawei-e1752') },
  {
    id: 'no-room-no-sending',
    says: 'cannot send while the store is full',
    source: 'users of some models',
    shown: by('odd-c'),
  },
  {
    id: 'orphan-ok',
    says: 'says an OK that belongs to nothing after an error',
    source: 'users of several models',
    shown: [...by('motorola-ezx'), fault('orphan')],
  },
];
