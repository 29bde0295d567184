import { describe, expect, it } from 'vitest';
import { decodeUp, encodeDown, openEnrol, sealDown } from '../../../device/safe-mobile/index.ts';
import { createServiceKeys, servicePrimitives } from '../../../server/index.ts';
import { seededRandom, VirtualClock } from '../../../sim/index.ts';
import { ObligingPhone } from './obliging-phone.ts';

const primitives = servicePrimitives();
const TIME = { type: 'TIME_RESPONSE', time: 1, nonce: new Uint8Array(8), signature: new Uint8Array(64) } as const;

/** A phone beside a service that only hears ENROL. */
function phoneInTheAir() {
  const random = seededRandom('obliging');
  const { keys } = createServiceKeys(primitives, random);
  const heard: Uint8Array[] = [];
  let deliver = (_frame: Uint8Array): void => {};
  const network = {
    attach: (_number: string, receive: (frame: Uint8Array) => void) => {
      deliver = receive;
      return (frame: Uint8Array) => void heard.push(frame);
    },
  };
  const phone = new ObligingPhone('+393400000001', keys, new VirtualClock(), random, network);
  /** Sends a message for the keys of the enrolment at this place; beyond the last one, for keys that nobody has. */
  const sayTo = (place: number) => {
    const frame = heard[place];
    const message = frame && decodeUp(openEnrol(primitives, keys.sealing, place, frame));
    const publicKey = message?.type === 'ENROL' ? message.sealingKey : primitives.x25519PublicKey(random.bytes(32));
    deliver(sealDown(primitives, keys.sealing, { deviceId: place, publicKey }, encodeDown(TIME), random.bytes(32)));
  };
  return { phone, sayTo };
}

describe('a phone that was given a second code', () => {
  it.each([
    ['opens what is for its keys', 1, 1, 0],
    ['passes over what was for the keys of the first code', 0, 0, 0],
    ['complains of what is for no keys of its own', 2, 0, 1],
  ])('%s', (_, place, opened, complaints) => {
    const { phone, sayTo } = phoneInTheAir();
    for (const deviceId of [0, 1]) phone.enrol(deviceId, 'AAAAAAAA');
    sayTo(place);
    expect([phone.phone.received.length, phone.unbelievable.length]).toEqual([opened, complaints]);
  });
});
