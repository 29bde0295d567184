/**
 * The states of a device, in order; `blocked` goes back to `active`, `enrolling` back to `registered`.
 * A person has any number of revoked devices and at most one that is active or blocked.
 */
export const DEVICE_STATES = ['registered', 'enrolling', 'active', 'blocked', 'revoked'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];
