export type { Board, Gauges, Tone } from './board.ts';
export {
  type Download,
  type Downloaded,
  type DownloadRequest,
  type LostBecause,
  NO_DOWNLOAD,
  type RefusedBecause,
} from './download.ts';
export {
  type Flash,
  FlashError,
  type FlashErrorCode,
  type FlashValue,
  type MemoryFlash,
  memoryFlash,
} from './flash.ts';
export { fileFlash } from './flash-file.ts';
export { isKey, KEYS, type Key, type KeyPress } from './keys.ts';
export {
  type Bars,
  type Icons,
  type Indicator,
  type InputMode,
  LCD_COLUMNS,
  LCD_ROWS,
  legible,
  legibleScreen,
  type Row,
  type Screen,
  type ScreenBody,
  type ScreenItem,
  withoutSecrets,
} from './screen.ts';
