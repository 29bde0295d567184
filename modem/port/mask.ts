/** Commands whose arguments are secrets of the SIM: PIN, PUK, passwords (3GPP TS 27.007, 7.4, 7.5, 8.3, 8.65). */
const SECRET_COMMANDS: readonly string[] = ['+CPIN=', '+CPIN2=', '+CLCK=', '+CPWD='];

const LONGEST = Math.max(...SECRET_COMMANDS.map((command) => command.length));
const STAR = 0x2a;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Masks the arguments of secret commands in one direction of a line, in whatever pieces it comes: from the `=` to the
 * end of the line, every octet becomes `*`.
 */
export class SecretMask {
  #tail = '';
  #masking = false;

  /** A copy of `octets` that is fit to be kept. */
  apply(octets: Uint8Array): Uint8Array {
    return octets.map((octet) => {
      if (octet === CR || octet === LF) {
        this.#masking = false;
        this.#tail = '';
        return octet;
      }
      if (this.#masking) return STAR;
      this.#tail = (this.#tail + String.fromCharCode(octet).toUpperCase()).slice(-LONGEST);
      this.#masking = SECRET_COMMANDS.some((command) => this.#tail.endsWith(command));
      return octet;
    });
  }
}

/** The same for a text that is at hand as a whole, such as a command in an error message. */
export function maskSecrets(text: string): string {
  return Buffer.from(new SecretMask().apply(Buffer.from(text, 'latin1'))).toString('latin1');
}
