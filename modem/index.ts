export type { ChatEvents } from './at/chat.ts';
export { Chat } from './at/chat.ts';
export {
  AtAborted,
  type AtCommand,
  type AtLine,
  AtRefused,
  type AtResponse,
  type AtResult,
  AtTimeout,
} from './at/command.ts';
export { cmeErrors, cmsErrors } from './at/error-names.ts';
export type { AtErrorCode } from './at/result-codes.ts';
export type { UnsolicitedCode } from './at/unsolicited.ts';
export { type AtValue, allows, itemsIn, numberIn, prefixOf, textIn, valuesOf } from './at/values.ts';
export * from './bearer.ts';
export * from './clock.ts';
export { ModemError, type ModemErrorCode, UssdError, type UssdErrorCode } from './error.ts';
export { type Modem, type ModemOptions, openModem } from './modem.ts';
export type { Signal } from './network.ts';
export { type FindOptions, type FoundPort, findModems } from './opening/find.ts';
export type { ModemIdentity } from './opening/identify.ts';
export type { ReceptionProof } from './opening/reception.ts';
export type { Registration } from './opening/registration.ts';
export * from './pdu/index.ts';
export { createPool, type ModemPool, type PoolMember, type PoolModem } from './pool.ts';
export { type DevicePortOptions, devicePort } from './port/device.ts';
export { type PortHolder, portHolders } from './port/holder.ts';
export type { ListedPort, PortLister } from './port/listed-port.ts';
export { SecretMask } from './port/mask.ts';
export { type FarEnd, type FarEndEvents, memoryPort } from './port/memory.ts';
export { portFromName } from './port/name.ts';
export { type ControlLines, type Port, PortError, type PortErrorCode, type PortEvents } from './port/port.ts';
export { RecordingError, readRecording, recordingLine } from './port/recording.ts';
export { type Divergence, type ReplayPort, replayPort } from './port/replay.ts';
export { type SerialOptions, serialPort } from './port/serial.ts';
export { tcpPort } from './port/tcp.ts';
export { type TraceEvent, tracePort } from './port/trace.ts';
export { usbPorts } from './port/usb.ts';
export * from './random.ts';
export { describeState, type ModemLog, type ModemLogEntry, type ModemState } from './state.ts';
export type { UssdAnswer } from './ussd/ussd.ts';
