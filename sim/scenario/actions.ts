import { contentOf } from '../control/fields.ts';
import { changeSubscriber, phoneOf } from '../control/subscribers.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import { latencyProfiles } from '../network/profiles.ts';
import type { SubmitAnswer } from '../network/radio-link.ts';
import type { SeededRandom } from '../random.ts';
import type { World } from '../world.ts';
import { type Names, numbersFor } from './names.ts';
import type { ScenarioActions, Traffic } from './schema.ts';
import { passagesOf } from './traffic.ts';

/** What the steps of a scenario act on, and where they note what they did. */
export interface Scene {
  readonly world: World;
  readonly names: Names;
  readonly random: SeededRandom;
  /** The faults that steps arranged, by name. */
  readonly faults: Map<string, string>;
  /** An SMS went out under this name. */
  sent(name: string | undefined, sms: number): void;
  /** What its sender was told. */
  told(name: string | undefined, answer: SubmitAnswer['kind']): void;
}

/** Does what a step says; resolves when it is done. @throws Error when it cannot be done. */
export async function act(scene: Scene, actions: ScenarioActions): Promise<void> {
  const { world, names, faults } = scene;
  const {
    send,
    deliver,
    change: changes,
    fault,
    switch: switching,
    remove,
    profile,
    swap,
    clone,
    fill,
    reboot,
    read,
    traffic,
  } = actions;
  if (send !== undefined)
    await sendFrom(scene, send.as, { ...send, from: first(names, send.from), to: first(names, send.to) });
  if (deliver !== undefined) {
    const to = first(names, deliver.to);
    for (const sms of world.deliver({ to, from: first(names, deliver.from), ...contentOf(deliver) })) {
      scene.sent(deliver.as, sms);
    }
  }
  if (changes !== undefined) {
    for (const number of numbersFor(names, changes.phone)) changeSubscriber(world, number, changes);
  }
  if (swap !== undefined) world.swapSim(first(names, swap.phone), phoneOf(world, first(names, swap.into)));
  if (clone !== undefined) world.cloneSim(first(names, clone.phone), phoneOf(world, first(names, clone.into)));
  if (fill !== undefined) for (const number of numbersFor(names, fill)) world.fillMemory(number);
  if (fault !== undefined) {
    const id = world.faults.add(fault.fault);
    if (fault.as !== undefined) faults.set(fault.as, id);
  }
  if (switching !== undefined) world.faults.switch(faults.get(switching.fault) ?? '', switching.on);
  if (remove !== undefined) world.faults.remove(faults.get(remove) ?? '');
  if (profile !== undefined) world.profile = latencyProfiles[profile] ?? world.profile;
  if (reboot !== undefined) for (const modem of modems(scene, reboot)) modem.reboot();
  if (read !== undefined) for (const modem of modems(scene, read)) readAll(modem);
  if (traffic !== undefined) await pass(scene, traffic);
}

async function sendFrom(
  { world, sent, told }: Scene,
  name: string | undefined,
  { validity, statusReport = false, ...message }: NonNullable<ScenarioActions['send']>,
): Promise<void> {
  const sendings = await world.send(
    {
      from: message.from,
      to: message.to,
      ...contentOf(message),
      statusReport,
      ...(validity === undefined ? {} : { validityMs: validity }),
    },
    (sms) => sent(name, sms),
  );
  for (const { answer } of sendings) told(name, answer.kind);
}

/** The user reads what the phone has, and deletes it. */
export function readAll(modem: VirtualModem): void {
  for (const name of ['SM', 'ME'] as const) {
    const store = modem.store(name);
    for (const [index, { status }] of store.entries()) if (status < 2) store.delete(index);
  }
  modem.incoming.roomMade();
}

/** Resolves when the last message is with the network. */
async function pass(scene: Scene, traffic: Traffic): Promise<void> {
  const { world, names, random } = scene;
  const { as, statusReport } = traffic;
  const passages = passagesOf(traffic, numbersFor(names, traffic.from), numbersFor(names, traffic.to), random);
  const beganAt = world.clock.now();
  const sending: Promise<void>[] = [];
  for (const { at, from, to, text } of passages) {
    await until(world, beganAt + at);
    sending.push(sendFrom(scene, as, { from, to, text, statusReport }));
  }
  await Promise.all(sending);
}

function until({ clock }: World, at: number): Promise<void> | undefined {
  const delayMs = at - clock.now();
  return delayMs <= 0 ? undefined : new Promise((resolve) => clock.after(delayMs, resolve));
}

function first(names: Names, text: string): string {
  return numbersFor(names, text)[0] ?? text;
}

function modems({ world, names }: Scene, name: string): readonly VirtualModem[] {
  return numbersFor(names, name).flatMap((number) => world.modem(number) ?? []);
}
