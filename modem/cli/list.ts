import { Command } from 'commander';
import { findModems } from '../find.ts';
import { type ListedPort, usbPorts } from '../port/listed.ts';
import { outputOf } from './program.ts';

/** `gsm-modem list`: the serial ports of this machine that a device is plugged into. */
export function listCommand(): Command {
  const command = new Command('list')
    .description('list the serial ports that a device is plugged into')
    .option('--find', 'open each one, and say which take AT commands, and of what modem');
  return command.action(async () => {
    const output = outputOf(command);
    const isFinding = command.opts<{ find?: true }>().find === true;
    const ports = await usbPorts();
    if (!isFinding) for (const port of ports) output.print({ event: 'port', ...port }, lineOf(port));
    else {
      for (const found of await findModems({ list: async () => ports })) {
        const modem = found.kind === 'modem' ? { identity: found.identity } : { reason: found.reason };
        const text = found.kind === 'modem' ? Object.values(found.identity).join(' ') : `no modem: ${found.reason}`;
        output.print({ event: 'port', ...found.port, ...modem }, `${lineOf(found.port)}: ${text}`);
      }
    }
    if (ports.length === 0 && !output.json) {
      process.stderr.write('no serial device is plugged in; a stick that shows up as a disk needs usb_modeswitch\n');
    }
  });
}

function lineOf({ path, manufacturer, vendorId, productId, serialNumber }: ListedPort): string {
  return [path, manufacturer, `${vendorId}:${productId}`, serialNumber].filter(Boolean).join(' ');
}
