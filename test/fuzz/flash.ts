import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from '../../device/hal/flash.ts';
import { FlashError, fileFlash } from '../../device/hal/index.ts';
import { bench, settle } from '../device/bench.ts';
import { enrolled } from '../device/cash-mobile/cash-bench.ts';
import { found, type Target } from './target.ts';

/** The flash of a phone that may pay, as its file. */
async function enrolledFlash(): Promise<string> {
  const { flash } = await enrolled();
  return serialize(
    new Map(
      flash.names().flatMap((name) => {
        const value = flash.read(name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
  );
}

/** Switches a phone on, and presses a key. @throws FlashError `damaged` */
async function use(path: string): Promise<void> {
  const { phone, handset, clock } = bench({ flash: fileFlash(path) });
  await settle(clock);
  found(phone.screen.items.length === 0 && phone.screen.title === '', 'the phone shows nothing');
  phone.press('power');
  await settle(clock);
  handset.powerOff();
}

/** The file of a phone's flash: refused as damaged, or the phone is switched on with it and can be used. */
export async function openFlash(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-fuzz-'));
  const path = join(folder, 'phone.json');
  return {
    corpus: [Buffer.from(await enrolledFlash())],
    async run(octets) {
      writeFileSync(path, octets);
      try {
        await use(path);
      } catch (error) {
        if (!(error instanceof FlashError && error.code === 'damaged')) throw error;
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
