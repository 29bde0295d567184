export { drawPhone, PHONE_COLUMNS, PHONE_ROWS } from './drawing.ts';
export { Fitted } from './fitted.tsx';
export { HandsetTerminal } from './handset-terminal.tsx';
export { KEYBOARD_LEGEND, typeOn, writesLetters } from './keyboard.ts';
export { Phone, useScreen } from './phone.tsx';
export { useRing } from './ring.ts';
