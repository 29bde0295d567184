export { drawPhone, type Line, PHONE_COLUMNS, PHONE_ROWS, type Span } from './drawing.ts';
export { HandsetTerminal, type HandsetTerminalProps } from './handset-terminal.tsx';
export { KEYBOARD_LEGEND, keyPressesOf } from './keyboard.ts';
export { Phone, type PhoneProps, useScreen } from './phone.tsx';
export { showHandset } from './show-handset.tsx';
export { traceText } from './trace-text.ts';
