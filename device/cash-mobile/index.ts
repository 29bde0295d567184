export { CashMobile } from './built-in.ts';
