import { personalities } from '../modem/personalities.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import { operators } from '../network/operators.ts';
import type { Subscriber, SubscriberState } from '../network/subscriber.ts';
import type { World } from '../world.ts';
import { defined } from './optional.ts';
import type { ForeignNumber, NewSubscriber, SubscriberChange } from './phones.ts';
import { Refused } from './refused.ts';

/** A subscriber, its phone and what waits for it, as data. */
export interface SubscriberView extends SubscriberState {
  readonly registered: boolean;
  readonly covered: boolean;
  readonly powered: boolean;
  /** What the SIM waits for. */
  readonly sim: string;
  /** Messages that are stored on the SIM and in the phone. */
  readonly stored: { readonly SM: number; readonly ME: number };
  /** Messages that wait for it in the service centre. */
  readonly waiting: number;
}

/** A new subscriber with a phone. @throws Refused when the number is taken. */
export function addSubscriber(world: World, subscriber: NewSubscriber): VirtualModem {
  const { number, personality, pin, simCapacity, phoneCapacity, ratePerMinute } = subscriber;
  refuseTaken(world, number);
  const model = personality === undefined ? undefined : personalities[personality];
  return world.addModem({
    number,
    ...defined({ personality: model, pin, simCapacity, modemCapacity: phoneCapacity, ratePerMinute }),
  });
}

/** A number of another operator. @throws Refused when it is taken. */
export function addForeignNumber(world: World, { number, operator: code }: ForeignNumber): Subscriber {
  refuseTaken(world, number);
  return world.addForeignNumber(number, operatorOf(code));
}

function refuseTaken(world: World, number: string): void {
  if (world.subscriber(number) !== undefined) throw new Refused('conflict', `The number ${number} is taken`, 'number');
}

/** Changes what is named. @throws Refused when nobody has the number, or it has no phone to change. */
export function changeSubscriber(world: World, number: string, change: SubscriberChange): Subscriber {
  const subscriber = subscriberOf(world, number);
  const { covered, reception, powered, barred, ratePerMinute, roaming, operator } = change;
  if (subscriber.link === undefined && operator === undefined && barred === undefined) {
    throw new Refused('conflict', `The number ${number} has no phone in this network`, 'number');
  }
  if (covered !== undefined) subscriber.setCovered(covered);
  if (reception !== undefined) subscriber.setReception(reception);
  if (powered !== undefined) subscriber.setPowered(powered);
  if (barred !== undefined) subscriber.setBarred(barred);
  if (ratePerMinute !== undefined) subscriber.setRate(ratePerMinute ?? undefined);
  if (roaming !== undefined) subscriber.roamTo(operatorOf(roaming));
  if (operator !== undefined) subscriber.portTo(operatorOf(operator));
  return subscriber;
}

/** The subscriber of a number. @throws Refused when nobody has it. */
export function subscriberOf(world: World, number: string): Subscriber {
  const subscriber = world.subscriber(number);
  if (subscriber === undefined) throw new Refused('absent', `There is no subscriber ${number}`, 'number');
  return subscriber;
}

/** The phone of a number. @throws Refused when there is none. */
export function phoneOf(world: World, number: string, field = 'number'): VirtualModem {
  const modem = world.modem(number);
  if (modem === undefined) throw new Refused('absent', `No phone has the number ${number}`, field);
  return modem;
}

function operatorOf(code: string): NonNullable<(typeof operators)[string]> {
  const operator = operators[code];
  if (operator === undefined) throw new Refused('absent', `There is no operator ${code}`, 'operator');
  return operator;
}

/** A subscriber as data. */
export function viewOf(world: World, subscriber: Subscriber): SubscriberView {
  const modem = world.modem(subscriber.number);
  return {
    ...subscriber.state(),
    registered: modem?.radio.registered ?? false,
    covered: subscriber.covered,
    powered: subscriber.link?.powered ?? false,
    sim: modem?.sim.state ?? 'none',
    stored: { SM: modem?.store('SM').used ?? 0, ME: modem?.store('ME').used ?? 0 },
    waiting: world.waitingFor(subscriber.number),
  };
}
