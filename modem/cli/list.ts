import { Command } from 'commander';
import { SerialPort } from 'serialport';
import { outputOf } from './program.ts';

/** `gsm-modem list`: the serial ports of this machine that a device is plugged into. */
export function listCommand(): Command {
  const command = new Command('list').description('list the serial ports that a device is plugged into');
  return command.action(async () => {
    const output = outputOf(command);
    const ports = (await SerialPort.list()).filter(({ vendorId }) => vendorId !== undefined);
    for (const { path, manufacturer, serialNumber, vendorId, productId } of ports) {
      const device = [manufacturer, `${vendorId}:${productId}`, serialNumber].filter(Boolean).join(' ');
      output.print({ event: 'port', path, manufacturer, serialNumber, vendorId, productId }, `${path} ${device}`);
    }
    if (ports.length === 0 && !output.json) {
      process.stderr.write('no serial device is plugged in; a stick that shows up as a disk needs usb_modeswitch\n');
    }
  });
}
