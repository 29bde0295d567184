/** Octets of user data in a DELIVER or SUBMIT (3GPP TS 23.040, 9.2.3.24). */
export const MAX_USER_DATA = 140;

/**
 * Octets of a TPDU, which is what the SIM stores and the radio carries. It bounds the user data of reports and the data
 * of commands: the notes of 3GPP TS 23.040, 9.2.2 give the lengths that follow from it.
 */
export const MAX_TPDU = 164;
