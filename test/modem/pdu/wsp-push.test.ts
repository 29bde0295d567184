import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../modem/index.ts';
import { Reader } from '../../../modem/pdu/reader.ts';
import { readWspPush, wspPush } from '../../../modem/pdu/wap/wsp-push.ts';

const read = (hex: string) => readWspPush(new Reader(fromHex(hex)));

/** Connectionless Push (WAP-230-WSP, 8.2.4.1): TID, 06, length of the headers, content type, other headers, body. */
describe('a Push', () => {
  test.each([
    ['a content type alone', '010601AE02', { contentType: 0x2e, headers: '', body: '02' }],
    ['a charset', '01060403AE81EA02', { contentType: 0x2e, charset: 106, headers: '', body: '02' }],
    ['a charset of two octets', '01060605AE810203E802', { contentType: 0x2e, charset: 1000, headers: '', body: '02' }],
    ['a content type of three octets', '0106050403010203', { contentType: 0x010203, headers: '', body: '' }],
    ['other headers', '010603AEAF8202', { contentType: 0x2e, headers: 'AF82', body: '02' }],
    [
      'a length of its type in a uintvar',
      '0106051F03AE81EA02',
      { contentType: 0x2e, charset: 106, headers: '', body: '02' },
    ],
  ])('with %s is read', (_what, hex, { headers, body, ...rest }) => {
    const push = read(hex);
    expect(push).toMatchObject({ transactionId: 1, ...rest });
    expect([toHex(push.headers), toHex(push.body)]).toEqual([headers, body]);
  });

  test.each([
    ['of another type', '010701AE', 'not a Push'],
    ['whose headers are longer than the octets', '010602AE', 'the headers are longer than the octets'],
    ['whose content type is longer than the headers', '01060303AE81EA', 'the headers are longer than they say'],
    ['with a content type by name', '010602206100', 'a content type by name is not supported'],
    ['with another parameter', '01060403AE82EA', 'only a charset parameter is supported'],
    ['whose content type is longer than its parts', '01060504AE81EA00', 'the content type is not as long as it says'],
    ['whose content type is shorter than its parts', '01060402AE81EA', 'the content type is not as long as it says'],
    ['with an empty number', '0106020100', 'not an assigned number'],
    ['with a number of four octets', '010606050401020304', 'not an assigned number'],
    ['that ends in its headers', '0106', expect.anything()],
  ])('%s is refused: %s', (_what, hex, reason) => {
    const failure = expect.objectContaining(typeof reason === 'string' ? { reason } : {});
    let thrown: unknown;
    try {
      read(hex);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toEqual(failure);
    expect(thrown).toBeInstanceOf(Error);
  });

  test.each([
    ['without a charset', {}],
    ['with one', { charset: 106 }],
  ])('is written %s as it is read', (_what, charset) => {
    const push = { transactionId: 7, contentType: 0x2e, ...charset, headers: fromHex('AF82'), body: fromHex('0205') };
    expect(readWspPush(new Reader(wspPush(push)))).toEqual(push);
  });
});
