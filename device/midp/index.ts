export type { MidletContext } from './context.ts';
export {
  ClassNotFoundException,
  ConnectionNotFoundException,
  EOFException,
  IllegalArgumentException,
  IllegalStateException,
  IndexOutOfBoundsException,
  InterruptedIOException,
  IOException,
  SecurityException,
  UTFDataFormatException,
} from './errors.ts';
export { createGuest, type Guest } from './guest.ts';
export { type GuestEvent, type Host, type HostErrorCode, type HostFailure, isFailure } from './host.ts';
export { DataInputStream, DataOutputStream } from './io/data-stream.ts';
export { encodeUtf, utf8Text } from './io/utf.ts';
export { Alert } from './lcdui/alert.ts';
export { ChoiceGroup } from './lcdui/choice-group.ts';
export { Command, type CommandType } from './lcdui/command.ts';
export { DateField, type TimeZone } from './lcdui/date-field.ts';
export { Display } from './lcdui/display.ts';
export { type CommandListener, Displayable } from './lcdui/displayable.ts';
export { Form, type ItemStateListener } from './lcdui/form.ts';
export { Gauge } from './lcdui/gauge.ts';
export { Item, type ItemCommandListener } from './lcdui/item.ts';
export { List } from './lcdui/list.ts';
export { Spacer } from './lcdui/spacer.ts';
export { StringItem } from './lcdui/string-item.ts';
export { TextBox } from './lcdui/text-box.ts';
export { fitsConstraints, TextField } from './lcdui/text-field.ts';
export type * from './lcdui/view.ts';
export { parseSmsAddress, RESTRICTED_PORTS, type SmsAddress } from './messaging/address.ts';
export {
  type BinaryMessage,
  type Message,
  MessageConnection,
  type MessageListener,
  type OutgoingMessage,
  openConnection,
  type ReceivedMessage,
  SEGMENT_LIMIT,
  type TextMessage,
} from './messaging/message-connection.ts';
export type { MessagingPlatform, PlatformMessage } from './messaging/platform.ts';
export { type PushPlatform, PushRegistry, type Registration } from './messaging/push-registry.ts';
export { MIDlet } from './midlet.ts';
export { RecordStoreException } from './rms/exception.ts';
export type { RecordPlatform, RecordStoreErrorCode, StoredRecords } from './rms/platform.ts';
export { type RecordComparator, RecordEnumeration, type RecordFilter } from './rms/record-enumeration.ts';
export { type RecordListener, RecordStore } from './rms/record-store.ts';
export type { System, TimerTask } from './system.ts';
