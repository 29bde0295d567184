import { closeSync, constants, openSync } from 'node:fs';
import koffi from 'koffi';

// What a pseudo terminal needs of the C library and Node does not offer. Linux only: the numbers are those of its headers.
const O_CLOEXEC = 0o2000000;
const F_DUPFD_CLOEXEC = 1030;
const TCSANOW = 0;
const TCIFLUSH = 0;
const TIOCNXCL = 0x540d;
const POLLIN = 0x0001;
const POLLHUP = 0x0010;
const POLLFD_OCTETS = 8;
/** Larger than `struct termios` of any architecture. */
const TERMIOS_OCTETS = 256;
const NAME_OCTETS = 128;

interface Libc {
  posixOpenpt(flags: number): number;
  grantpt(fd: number): number;
  unlockpt(fd: number): number;
  ptsname(fd: number, name: Uint8Array, size: number): number;
  tcgetattr(fd: number, termios: Uint8Array): number;
  cfmakeraw(termios: Uint8Array): void;
  tcsetattr(fd: number, when: number, termios: Uint8Array): number;
  tcflush(fd: number, queue: number): number;
  fcntl(fd: number, command: number, type: 'int', argument: number): number;
  ioctl(fd: number, request: number): number;
  poll(fds: Uint8Array, count: number, timeoutMs: number): number;
}

let loaded: Libc | undefined;

/** Loaded when the first pseudo terminal is opened, so that a world without ports needs no native code. */
function libc(): Libc {
  if (loaded !== undefined) return loaded;
  const library = koffi.load(null);
  loaded = {
    posixOpenpt: library.func('int posix_openpt(int flags)'),
    grantpt: library.func('int grantpt(int fd)'),
    unlockpt: library.func('int unlockpt(int fd)'),
    ptsname: library.func('int ptsname_r(int fd, _Out_ uint8_t *name, size_t size)'),
    tcgetattr: library.func('int tcgetattr(int fd, _Out_ uint8_t *termios)'),
    cfmakeraw: library.func('void cfmakeraw(_Inout_ uint8_t *termios)'),
    tcsetattr: library.func('int tcsetattr(int fd, int when, const uint8_t *termios)'),
    tcflush: library.func('int tcflush(int fd, int queue)'),
    fcntl: library.func('int fcntl(int fd, int command, ...)'),
    ioctl: library.func('int ioctl(int fd, unsigned long request, ...)'),
    poll: library.func('int poll(_Inout_ uint8_t *fds, unsigned long count, int timeout)'),
  };
  return loaded;
}

function checked(result: number, call: string): number {
  if (result < 0) throw new Error(`${call} failed: errno ${koffi.errno()}`);
  return result;
}

/** The two names of a pseudo terminal: the descriptor of its master, and the device that clients open. */
export interface PtyPair {
  readonly master: number;
  /** `/dev/pts/N`. */
  readonly device: string;
}

/** A new pseudo terminal whose device is raw before any client can see it. */
export function openPtyPair(): PtyPair {
  const c = libc();
  const master = checked(
    c.posixOpenpt(constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK | O_CLOEXEC),
    'posix_openpt',
  );
  try {
    checked(c.grantpt(master), 'grantpt');
    checked(c.unlockpt(master), 'unlockpt');
    const name = new Uint8Array(NAME_OCTETS);
    const error = c.ptsname(master, name, name.length);
    if (error !== 0) throw new Error(`ptsname_r failed: errno ${error}`);
    const device = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    resetDevice(device);
    return { master, device };
  } catch (error) {
    closeSync(master);
    throw error;
  }
}

/**
 * Makes the device as new between two clients: raw, nothing left to read, and open to all, whatever the last client set.
 * @throws NodeJS.ErrnoException `EBUSY` when the last client left it exclusive and this user may not override that.
 */
export function resetDevice(device: string): void {
  const c = libc();
  const slave = openSync(device, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  try {
    const termios = new Uint8Array(TERMIOS_OCTETS);
    checked(c.tcgetattr(slave, termios), 'tcgetattr');
    c.cfmakeraw(termios);
    checked(c.tcsetattr(slave, TCSANOW, termios), 'tcsetattr');
    checked(c.tcflush(slave, TCIFLUSH), 'tcflush');
    checked(c.ioctl(slave, TIOCNXCL), 'ioctl(TIOCNXCL)');
  } finally {
    closeSync(slave);
  }
}

/** A second descriptor of the same open file, for a stream that closes what it is given. */
export function duplicate(fd: number): number {
  return checked(libc().fcntl(fd, F_DUPFD_CLOEXEC, 'int', 0), 'fcntl(F_DUPFD_CLOEXEC)');
}

/** Of each master: is a client there, or has one been there and left something to read? */
export function clientsAt(masters: readonly number[]): boolean[] {
  const fds = new DataView(new ArrayBuffer(masters.length * POLLFD_OCTETS));
  masters.forEach((master, i) => {
    fds.setInt32(i * POLLFD_OCTETS, master, true);
    fds.setInt16(i * POLLFD_OCTETS + 4, POLLIN, true);
  });
  checked(libc().poll(new Uint8Array(fds.buffer), masters.length, 0), 'poll');
  return masters.map((_, i) => {
    const happened = fds.getInt16(i * POLLFD_OCTETS + 6, true);
    return (happened & POLLHUP) === 0 || (happened & POLLIN) !== 0;
  });
}
