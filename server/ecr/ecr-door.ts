import { createServer } from 'node:net';
import type { Clock } from '../../modem/index.ts';
import type { Service } from '../service/service.ts';
import { messageOf, ServiceError } from '../vocabulary/errors.ts';
import { type ServedRegister, Terminal } from './terminal.ts';
import { Till } from './till.ts';

/** A cash register as the operator registers it. */
export interface RegisterOfShop {
  /** The terminal id by which the register calls the service, 8 digits. */
  readonly terminal: string;
  readonly merchant: number;
  /** Whether the text field of a payment names the customer when nobody else has. */
  readonly customerInText: boolean;
}

/** The door that is open. */
export interface EcrDoor {
  readonly port: number;
  /** No more connections; those that are there end. */
  close(): Promise<void>;
}

/** A register calls any terminal so. */
const ANY_TERMINAL = '00000000';

/** More connections than shops have registers are refused. */
const MOST_CONNECTIONS = 256;

/**
 * Opens the door for cash registers (ECR17 over TCP): for them the service is a payment terminal. The protocol has no password: who reaches
 * the port can ask the shop's customers.
 * @throws ServiceError `not-found` for an unknown merchant, `conflict` for a terminal of another one; the error of the system when the port is taken
 */
export async function openEcrDoor(
  service: Service,
  clock: Clock,
  registers: readonly RegisterOfShop[],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<EcrDoor> {
  for (const { terminal, merchant } of registers) await service.cashRegisters.add(terminal, merchant);
  const till = new Till(service, clock);
  const served = new Map(registers.map((register) => [register.terminal, servedRegister(service, register)]));
  const [first] = served.values();
  const registerOf = (terminal: string) =>
    terminal === ANY_TERMINAL && served.size === 1 ? first : served.get(terminal);
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const terminal = new Terminal({
      till,
      clock,
      registerOf,
      write: (octets) => void socket.write(octets),
      onFault: (error) => void service.fault(`cash register: ${messageOf(error)}`).catch(() => {}),
    });
    open.add(socket);
    socket.on('data', (octets) => terminal.received(octets));
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      terminal.closed();
    });
  });
  const open = new Set<{ destroy(): void }>();
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function servedRegister(service: Service, { terminal, customerInText }: RegisterOfShop): ServedRegister {
  const load = async () => {
    const register = await service.cashRegisters.find(terminal);
    if (register === undefined) throw new ServiceError('not-found', `there is no register ${terminal}`);
    return register;
  };
  return {
    customerInText,
    load,
    payee: async () => (await service.cashRegisters.merchant(await load())).name,
    closeTotals: () => service.cashRegisters.closeTotals(terminal),
  };
}
