import { askNetwork } from '../modem/commands/ussd.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import type { Fault } from '../network/fault-kinds.ts';
import { latencyProfiles } from '../network/profiles.ts';
import type { SubmitAnswer } from '../network/radio-link.ts';
import type { SeededRandom } from '../random.ts';
import { contentOf } from '../vocabulary/content.ts';
import type { NamedFault } from '../vocabulary/faults.ts';
import { defined } from '../vocabulary/optional.ts';
import { changeSubscriber, phoneOf } from '../vocabulary/subscribers.ts';
import type { World } from '../world.ts';
import { type Names, numbersFor } from './names.ts';
import type { Action, ActionValues, Traffic } from './schema.ts';
import { passagesOf } from './traffic.ts';

/** What the steps of a scenario act on, and where they note what they did. */
export interface Scene {
  readonly world: World;
  readonly names: Names;
  readonly random: SeededRandom;
  /** The faults that steps arranged, by name. */
  readonly faults: Map<string, string>;
  /** An SMS is about to go out under this name. */
  sent(name: string | undefined, sms: number): void;
  /** What its sender was told. */
  told(name: string | undefined, answer: SubmitAnswer['kind']): void;
}

type Acts = {
  readonly [Name in keyof ActionValues]: (scene: Scene, what: ActionValues[Name]) => unknown;
};

/** What each action does; some take a while. */
const ACTS: Acts = {
  send: (scene, { as, ...message }) => sendFrom(scene, as, message),
  deliver({ world, names, sent }, { as, ...message }) {
    const to = first(names, message.to);
    const from = first(names, message.from);
    world.deliver({ to, from, ...contentOf(message), ...defined({ pid: message.pid }) }, (sms) => sent(as, sms));
  },
  change({ world, names }, { phone, ...change }) {
    for (const number of numbersFor(names, phone)) changeSubscriber(world, number, change);
  },
  fault: arrange,
  switch: ({ world, faults }, { fault, on }) => void world.faults.switch(faults.get(fault) ?? '', on),
  remove: ({ world, faults }, fault) => void world.faults.remove(faults.get(fault) ?? ''),
  profile({ world }, id) {
    world.profile = latencyProfiles[id] ?? world.profile;
  },
  swap: ({ world, names }, { phone, into }) => world.swapSim(first(names, phone), phoneOf(world, first(names, into))),
  clone: ({ world, names }, { phone, into }) => world.cloneSim(first(names, phone), phoneOf(world, first(names, into))),
  fill({ world, names }, phone) {
    for (const number of numbersFor(names, phone)) world.fillMemory(number);
  },
  reboot(scene, phone) {
    for (const modem of modems(scene, phone)) modem.reboot();
  },
  unplug(scene, { phone, for: ms, renamed }) {
    for (const modem of modems(scene, phone)) modem.unplug(ms, renamed);
  },
  plug(scene, { phone, renamed }) {
    for (const modem of modems(scene, phone)) modem.plugIn(renamed);
  },
  read(scene, phone) {
    for (const modem of modems(scene, phone)) readAll(modem);
  },
  ussd: (scene, { phone, code }) => Promise.all(modems(scene, phone).map((modem) => askNetwork(modem, code))),
  traffic: pass,
};

/** Does one thing; resolves when it is done. @throws Error when it cannot be done. */
export async function act<Name extends keyof ActionValues>(scene: Scene, { name, what }: Action<Name>): Promise<void> {
  await ACTS[name](scene, what);
}

async function sendFrom(
  { world, names, sent, told }: Scene,
  name: string | undefined,
  message: Omit<ActionValues['send'], 'as'>,
): Promise<void> {
  const { from, to, statusReport, validity: validityMs, pid } = message;
  const sendings = await world.send(
    {
      from: first(names, from),
      to: first(names, to),
      ...contentOf(message),
      ...defined({ statusReport, validityMs, pid }),
    },
    (sms) => sent(name, sms),
  );
  for (const { answer } of sendings) told(name, answer.kind);
}

/** Arranges a fault, under its name if it has one. */
export function arrange({ world, names, faults }: Scene, { as, ...fault }: NamedFault): void {
  const id = world.faults.add(ofPhones(names, fault));
  if (as !== undefined) faults.set(as, id);
}

/** The fault, with numbers in place of the names of phones. */
function ofPhones(names: Names, fault: Fault): Fault {
  const number = (name: string | undefined) => (name === undefined ? undefined : first(names, name));
  if ('modem' in fault) return { ...fault, ...defined({ modem: number(fault.modem) }) };
  if ('from' in fault || 'to' in fault)
    return { ...fault, ...defined({ from: number(fault.from), to: number(fault.to) }) };
  return fault;
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
