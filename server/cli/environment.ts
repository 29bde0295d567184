// What cash-server takes from the environment: every user of the machine can read a command line.

/** The PIN of the modems' SIMs. */
export const PIN_VARIABLE = 'GSM_MODEM_PIN';

/** The administrator's key. */
export const KEY_VARIABLE = 'CASH_SERVER_ADMIN_KEY';
