import {
  decodePdu,
  decodePduLeniently,
  describePdu,
  encodePdu,
  fromHex,
  PduEncodeError,
  PduError,
} from '../../modem/index.ts';
import { found, type Target } from './target.ts';

/** PDUs as modems list them: texts of each alphabet, parts, ports, reports. */
const VALID = [
  '07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07',
  '07911326040000F0440B911346610089F60008208062917314081A050003A70201004300690061006F0020D83DDE00',
  `07911326040000F0440B911346610089F600F52080629173140817060504${'3E813E81'.toUpperCase()}000102030405060708090A0B0C0D0E0F`,
  '07911326040000F006120B911346610089F62080629173140820806291731408' + '00',
  '0011000B911346610089F60000AA0AE8329BFD4697D9EC37',
  '07911326040000F0040DD0C8F71D14969701000020806291731408' + '0441E19008',
  '07911326040000F0C40B911346610089F6C800208062917314080CC8F71D14969741F977FD07',
];

const refuse = (error: unknown) => {
  if (!(error instanceof PduError)) throw error;
};

/** Decoding of PDUs from the network: refused with a PduError, or the same again when it is encoded. */
export function openPdu(): Target {
  return {
    corpus: VALID.flatMap((hex) => [Uint8Array.of(0, ...fromHex(hex)), Uint8Array.of(1, ...fromHex(hex))]),
    run([direction = 0, ...octets]) {
      const pdu = Uint8Array.from(octets);
      const way = direction % 2 === 0 ? 'mobile-originated' : 'mobile-terminated';
      try {
        decodePduLeniently(pdu, way);
        describePdu(pdu, { direction: way, smsc: true });
      } catch (error) {
        refuse(error);
      }
      let decoded: ReturnType<typeof decodePdu>;
      try {
        decoded = decodePdu(pdu, way);
      } catch (error) {
        refuse(error);
        return;
      }
      try {
        const again = encodePdu(decoded);
        const twice = encodePdu(decodePdu(again, way));
        found(
          !Buffer.from(again).equals(twice),
          'a PDU that was decoded is another one when it is encoded and decoded again',
        );
      } catch (error) {
        if (!(error instanceof PduEncodeError)) throw error;
      }
    },
  };
}
