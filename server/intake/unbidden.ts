import { take } from '../limits/allowance.ts';
import { merchantOfPerson } from '../merchants/merchants.ts';
import type { Context } from '../outgoing/context.ts';
import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { NO_REF } from '../vocabulary/ids.ts';

/**
 * An unbidden message is one that a phone sends without being asked: TIME_REQUEST, STATUS_QUERY, PAY_INIT, PAY_CANCEL, an answer that comes too
 * late, a message that cannot be read. Each costs an SMS or an alarm, so each phone has an allowance of them (`limits.phone`, of a
 * merchant's phone `limits.merchantPhone`). APPROVE and REFUSE count only when they
 * answer no open question.
 *
 * Takes one of the allowance of this phone, which is locked. Once a day an alarm says that it is used up.
 * @returns whether the service answers the message
 */
export async function mayAnswerUnbidden(tx: Tx, context: Context, device: Device): Promise<boolean> {
  const { clock, journal, limits } = context;
  const now = clock.now();
  const isMerchants = (await merchantOfPerson(tx, device.personId)) !== undefined;
  const fullAt = take(isMerchants ? limits.merchantPhone : limits.phone, device.unbiddenFullAt, now);
  if (fullAt !== undefined) {
    await tx.run('UPDATE device SET unbidden_full_at = ? WHERE id = ?', fullAt, device.id);
    return true;
  }
  if (now - device.unbiddenAlarmAt >= DAY_MS) {
    await tx.run('UPDATE device SET unbidden_alarm_at = ? WHERE id = ?', now, device.id);
    await journal.record(tx, { kind: 'alarm', alarm: 'phone-asks-too-much', deviceId: device.id, ref: NO_REF });
  }
  return false;
}
