export {
  type BuiltInClasses,
  Handset,
  type HandsetEvent,
  type HandsetOptions,
  type Installation,
  isLanguage,
  LANGUAGES,
  type Language,
  type ScriptLoader,
  type Signer,
  type Suite,
} from './firmware/index.ts';
export {
  type Bars,
  type Board,
  type Download,
  type Downloaded,
  type DownloadRequest,
  type Flash,
  FlashError,
  type FlashErrorCode,
  fileFlash,
  type Gauges,
  isKey,
  KEYS,
  type Key,
  type KeyPress,
  LCD_COLUMNS,
  LCD_ROWS,
  type LostBecause,
  type MemoryFlash,
  memoryFlash,
  NO_DOWNLOAD,
  type RefusedBecause,
  type Screen,
  type Tone,
  withoutSecrets,
} from './hal/index.ts';
export { HeadlessError, HeadlessHandset, type ScreenMatch, textOf } from './headless.ts';
export { inProcess, type MidletFactory } from './machine/in-process.ts';
export { type Boot, type Machine, MachineError, type MachineErrorCode } from './machine/machine.ts';
export { QuickJsEngine } from './machine/quickjs.ts';
export * as midp from './midp/index.ts';
export { BUILT_IN, builtInMachines, builtInWith, createPhone, downloadedScripts, type PhoneParts } from './phone.ts';
export { type Descriptor, InstallError, type InstallStatus, type MidletEntry } from './suite/index.ts';
