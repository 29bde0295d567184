export type { MidletContext } from './context.ts';
export { IllegalArgumentException, InterruptedIOException, IOException, SecurityException } from './errors.ts';
export { createGuest, type Guest } from './guest.ts';
export { type GuestEvent, type Host, type HostErrorCode, type HostFailure, isFailure } from './host.ts';
export { DataInputStream, DataOutputStream } from './io/data-stream.ts';
export { encodeUtf } from './io/utf.ts';
export { Alert } from './lcdui/alert.ts';
export { ChoiceGroup } from './lcdui/choice-group.ts';
export { Command, type CommandType } from './lcdui/command.ts';
export { Display } from './lcdui/display.ts';
export { type CommandListener, Displayable } from './lcdui/displayable.ts';
export { Form } from './lcdui/form.ts';
export { Gauge } from './lcdui/gauge.ts';
export { Item } from './lcdui/item.ts';
export { List } from './lcdui/list.ts';
export { StringItem } from './lcdui/string-item.ts';
export { TextBox } from './lcdui/text-box.ts';
export { fitsConstraints, TextField } from './lcdui/text-field.ts';
export type * from './lcdui/view.ts';
export { parseSmsAddress, type SmsAddress } from './messaging/address.ts';
export {
  type BinaryMessage,
  type Message,
  MessageConnection,
  type MessageListener,
  openConnection,
  type ReceivedMessage,
  type TextMessage,
} from './messaging/message-connection.ts';
export type { MessagingPlatform, PlatformMessage } from './messaging/platform.ts';
export { type PushPlatform, PushRegistry } from './messaging/push-registry.ts';
export { MIDlet } from './midlet.ts';
export type { RecordPlatform, RecordStoreErrorCode, StoredRecords } from './rms/platform.ts';
export { RecordStore, RecordStoreException } from './rms/record-store.ts';
export type { System, TimerTask } from './system.ts';
