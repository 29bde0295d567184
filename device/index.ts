export {
  Handset,
  type HandsetEvent,
  type HandsetOptions,
  isLanguage,
  JadError,
  LANGUAGES,
  type Language,
  type Suite,
} from './firmware/index.ts';
export {
  type Bars,
  type Board,
  type Flash,
  FlashError,
  fileFlash,
  type Gauges,
  isKey,
  KEYS,
  type Key,
  type KeyPress,
  LCD_COLUMNS,
  LCD_ROWS,
  type MemoryFlash,
  memoryFlash,
  type Screen,
  type Tone,
} from './hal/index.ts';
export { HeadlessError, HeadlessHandset, type ScreenMatch, textOf } from './headless.ts';
export { BUILT_IN, createPhone, type PhoneParts } from './phone.ts';
