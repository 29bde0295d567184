// Secrets of cash-server come from the environment, because every user of the machine can read command lines.

/** The PIN of the modems' SIMs. */
export const PIN_VARIABLE = 'GSM_MODEM_PIN';

/** The administrator's key. */
export const KEY_VARIABLE = 'CASH_SERVER_ADMIN_KEY';
