import { Command } from 'commander';
import { type FoundPort, findModems } from '../opening/find.ts';
import type { ListedPort } from '../port/listed-port.ts';
import { usbPorts } from '../port/usb.ts';
import { numberOption } from './options.ts';
import { outputOf } from './program.ts';

/** `gsm-modem list`: the serial ports of this machine that a device is plugged into. */
export function listCommand(): Command {
  const command = new Command('list')
    .option('--find', 'open each one, and say which take AT commands, of what modem, and where its codes come')
    .option('--listen <seconds>', 'with --find: how long to listen for codes', numberOption(0, 3_600), 3);
  return command.action(async () => {
    const output = outputOf(command);
    const { find = false, listen } = command.opts<{ find?: true; listen: number }>();
    const ports = await usbPorts();
    if (!find) for (const port of ports) output.print({ event: 'port', ...port }, lineOf(port));
    else {
      for (const found of await findModems({ list: async () => ports, listenMs: listen * 1_000 })) {
        const { port, ...rest } = found;
        output.print({ event: 'port', ...port, ...rest }, `${lineOf(port)}: ${describeFound(found)}`);
      }
    }
    if (ports.length === 0 && !output.json) {
      process.stderr.write('no serial device is plugged in; a stick that shows up as a disk needs usb_modeswitch\n');
    }
  });
}

function lineOf({ path, manufacturer, product, vendorId, productId, serialNumber, location }: ListedPort): string {
  const id = vendorId && productId && `${vendorId}:${productId}`;
  const place = location && `at ${location}`;
  return [path, manufacturer, product, id, serialNumber, place].filter(Boolean).join(' ');
}

function describeFound(found: FoundPort): string {
  const named = found.kind === 'modem' && (Object.values(found.identity).join(' ') || 'a modem whose SIM is locked');
  const what = found.kind === 'modem' ? `takes commands: ${named}` : found.reason;
  return found.codes.length === 0 ? what : `${what}; codes come here (${found.codes.join(' ')})`;
}
