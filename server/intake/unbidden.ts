import { take } from '../limits/allowance.ts';
import { merchantOfPerson } from '../merchants/merchants.ts';
import type { Context } from '../outgoing/context.ts';
import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { NO_REF } from '../vocabulary/ids.ts';

/**
 * Whether the service answers one more message of this phone, which is locked, that answers no open question: a question of its own, an
 * answer that is late, or nothing that the service knows. Such messages cost an SMS or an alarm each, so a phone has an allowance of
 * them. Once a day an alarm says that it is used up; without it the phone gets no answer.
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
