export { CashMobile } from './cash-mobile.ts';
