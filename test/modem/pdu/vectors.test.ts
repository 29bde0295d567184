import { describe, expect, test } from 'vitest';
import { decodePdu, decodeTpdu, encodePdu, encodeTpdu, fromHex, toHex } from '../../../modem/pdu/index.ts';

// Examples that others published. Each is decoded, compared, and encoded again.

const INTERNATIONAL = { type: 'international', plan: 'isdn' } as const;
const PLAIN = { group: 'general', alphabet: 'gsm7', automaticDeletion: false } as const;

describe('published DELIVERs', () => {
  test('dreamfabric.com, "SMS and the PDU format": receiving a message', () => {
    const hex = '07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37';
    const pdu = decodePdu(fromHex(hex), 'mobile-terminated');
    expect(pdu).toMatchObject({
      smsc: { ...INTERNATIONAL, value: '27381000015' },
      tpdu: {
        type: 'DELIVER',
        moreMessagesToSend: false,
        originator: { type: 'subscriber', plan: 'national', value: '27838890001' },
        pid: 0,
        dcs: PLAIN,
        timestamp: { at: Date.UTC(1999, 2, 29, 13, 16, 59), zone: 8 },
        userData: { kind: 'text', header: [], text: 'hellohello' },
      },
    });
    expect(toHex(encodePdu(pdu))).toBe(hex);
  });

  test('diafaan.com, an example that many decoders test: an alphanumeric sender', () => {
    const hex = '0791448720003023240DD0E474D81C0EBB010000111011315214000BE474D81C0EBB5DE3771B';
    const pdu = decodePdu(fromHex(hex), 'mobile-terminated');
    expect(pdu.tpdu).toMatchObject({
      statusReportIndication: true,
      originator: { type: 'alphanumeric', plan: 'unknown', value: 'diafaan' },
      timestamp: { at: Date.UTC(2011, 0, 11, 13, 25, 41), zone: 0 },
      userData: { text: 'diafaan.com' },
    });
    expect(toHex(encodePdu(pdu))).toBe(hex);
  });

  test('python-messaging, test_decoding_7bit_pdu: a service centre that writes the time zone as minus zero', () => {
    const hex = '07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07';
    const pdu = decodePdu(fromHex(hex), 'mobile-terminated');
    expect(pdu.tpdu).toMatchObject({
      timestamp: { at: Date.UTC(2002, 7, 26, 19, 37, 41), zone: -0 },
      userData: { text: 'How are you?' },
    });
    expect(toHex(encodePdu(pdu))).toBe(hex);
  });

  test('a WAP push of 2009 that an independent dissector decodes without complaint', () => {
    const hex =
      '440C91447700091032000490304061520000520605040B8423F001060403AE81EA02056A0045C60C037061792E6578616D706C652F612E6A' +
      '61640011037031000AC3072009030416250010C30420090305080103496E7374616C6C20506179417070000101';
    const tpdu = decodeTpdu(fromHex(hex), 'mobile-terminated');
    expect(tpdu).toMatchObject({
      originator: { ...INTERNATIONAL, value: '447700900123' },
      dcs: { alphabet: '8bit' },
      timestamp: { at: Date.UTC(2009, 2, 4, 16, 25, 0), zone: 0 },
      userData: { kind: 'data', header: [{ kind: 'ports', width: 16, destination: 2948, source: 9200 }] },
    });
    expect(toHex(encodeTpdu(tpdu))).toBe(hex);
  });
});

describe('published SUBMITs', () => {
  test('dreamfabric.com, "SMS and the PDU format": sending a message', () => {
    const hex = '0011000B916407281553F80000AA0AE8329BFD4697D9EC37';
    const pdu = decodePdu(fromHex(hex), 'mobile-originated');
    expect(pdu).toEqual({
      tpdu: {
        type: 'SUBMIT',
        rejectDuplicates: false,
        statusReportRequested: false,
        replyPath: false,
        messageReference: 0,
        destination: { ...INTERNATIONAL, value: '46708251358' },
        pid: 0,
        dcs: PLAIN,
        validity: { format: 'relative', ms: 4 * 86_400_000 },
        userData: { kind: 'text', header: [], text: 'hellohello' },
      },
    });
    expect(toHex(encodePdu(pdu))).toBe(hex);
  });
});
