export * from './bearer.ts';
export * from './clock.ts';
export * from './pdu/index.ts';
export { type FarEnd, type FarEndEvents, memoryPort } from './port/memory.ts';
export { type ControlLines, type Port, PortError, type PortErrorCode, type PortEvents } from './port/port.ts';
export * from './random.ts';
