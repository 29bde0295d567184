import { type LoopFault, wordsOf } from './fault-script.ts';
import { SERVICE_NUMBER, type Town } from './town.ts';

/** How long a message waits in the network when there is a backlog, ms: a phone gives up a change of its PIN after a day. */
const BACKLOG_MS = 27 * 3_600_000;

/** Lets one fault happen, and end after its time. */
export function strike(town: Town, fault: LoopFault): void {
  const { clock, world, host, life, operator } = town;
  town.tellFault(wordsOf(fault));
  switch (fault.kind) {
    case 'network':
      // A phone that acknowledges what it cannot read has ended the service's care for it; so only the service gets what is spoilt.
      world.faults.add({
        action: fault.action,
        times: fault.times,
        about: 'both',
        ...(fault.action.kind === 'corrupt' && { to: SERVICE_NUMBER, about: 'messages' }),
      });
      return;
    case 'line':
      // An answer is spoilt when it comes; what befalls the modem itself does so now.
      world.faults.add({ action: fault.action, times: fault.times, modem: SERVICE_NUMBER, startsAt: clock.now() });
      return;
    case 'away': {
      const subscriber = world.subscriber(town.customers[fault.customer]?.number ?? '');
      subscriber?.setCovered(false);
      clock.after(fault.ms, () => subscriber?.setCovered(true));
      return;
    }
    case 'backlog':
      world.faults.add({
        action: { kind: 'delay', ms: BACKLOG_MS },
        from: town.customers[fault.customer]?.number ?? '',
        times: Number.POSITIVE_INFINITY,
        endsAt: clock.now() + fault.ms,
      });
      return;
    case 'phone-off': {
      const handset = town.customers[fault.customer]?.handset;
      handset?.powerOff();
      clock.after(fault.ms, () => handset?.powerOn());
      return;
    }
    case 'phone-clock': {
      const customer = town.customers[fault.customer];
      if (customer !== undefined) customer.clock.aheadMs = fault.aheadMs;
      return;
    }
    case 'kill':
      life.killAt(fault.moment, fault.nth, () => {
        town.tellFault('the service is dead');
        clock.after(fault.downMs, () => void life.open());
      });
      return;
    case 'pause': {
      const goOn = life.pause();
      clock.after(fault.ms, goOn);
      return;
    }
    case 'service-clock':
      town.serviceClock.aheadMs = fault.aheadMs;
      return;
    case 'disk-full':
      life.diskFull = fault.noticed;
      clock.after(fault.ms, () => {
        life.diskFull = undefined;
      });
      return;
    case 'lock': {
      const personId = town.customers[fault.customer]?.personId;
      if (personId === undefined) return;
      void operator.order(personId, 'lock');
      clock.after(fault.ms, () => void operator.order(personId, 'unlock'));
      return;
    }
    case 'rotate':
      void operator.rotate(fault.use);
      return;
    case 'host':
      host.double.misbehave(fault.fault);
      return;
    case 'host-down':
      host.double.down = true;
      clock.after(fault.ms, () => {
        host.double.down = false;
      });
      return;
  }
}
