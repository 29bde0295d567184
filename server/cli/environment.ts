// Secrets of the commands come from the environment, because every user of the machine can read command lines.

/** The PIN of the modems' SIMs. */
export const PIN_VARIABLE = 'GSM_MODEM_PIN';

/** The key of the operator who runs the command. */
export const KEY_VARIABLE = 'CASH_SERVER_ADMIN_KEY';

/** The key of the relying party for which `cash-authenticate` asks. */
export const PARTY_KEY_VARIABLE = 'CASH_AUTHENTICATE_KEY';

/** The address of the database on a server of PostgreSQL; without it the service keeps a file. */
export const DATABASE_VARIABLE = 'CASH_SERVER_DATABASE';

/** The vault key, 64 hexadecimal digits, when it is not in keys.json. */
export const VAULT_KEY_VARIABLE = 'CASH_SERVER_VAULT_KEY';

/** The vault key that takes the place of the present one: `keys rotate-vault`. */
export const NEW_VAULT_KEY_VARIABLE = 'CASH_SERVER_NEW_VAULT_KEY';

/** What is in keys.json; without it the file in the data folder is read. */
export const KEYS_VARIABLE = 'CASH_SERVER_KEYS';

/** The key of the authentication codes between service and card host, 32 hexadecimal digits; without it messages have none. */
export const CARD_MAC_KEY_VARIABLE = 'CASH_SERVER_CARD_MAC_KEY';

/** The secret of the client at PayPal. */
export const PAYPAL_SECRET_VARIABLE = 'CASH_SERVER_PAYPAL_SECRET';
