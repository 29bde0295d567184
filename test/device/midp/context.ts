import type {
  DisplayableView,
  DisplayEvent,
  MidletContext,
  PlatformMessage,
  StoredRecords,
} from '../../../device/midp/index.ts';
import { IOException } from '../../../device/midp/index.ts';

/** A phone around one application, made of maps. */
export interface FakeContext {
  readonly context: MidletContext;
  /** What is shown, and who hears of what the user does. */
  shown(): { readonly view: DisplayableView; readonly listener: (event: DisplayEvent) => void };
  readonly sent: { readonly message: Omit<PlatformMessage, 'timestamp'>; readonly sourcePort: number | undefined }[];
  arrive(port: number, message: PlatformMessage): void;
}

const EMPTY: StoredRecords = { nextId: 1, version: 0, modified: 0, records: [] };

export function fakeContext(): FakeContext {
  const stores = new Map<string, StoredRecords>();
  const ports = new Map<number, () => void>();
  const waiting = new Map<number, PlatformMessage[]>();
  const sent: FakeContext['sent'] = [];
  let shown: ReturnType<FakeContext['shown']> | undefined;
  const context: MidletContext = {
    lcd: {
      show: (screen) => {
        shown = { view: screen.view(), listener: (event) => screen.event(event) };
      },
      playSound: () => {},
      callSerially: queueMicrotask,
    },
    records: {
      open(name, create) {
        const known = stores.get(name);
        if (known === undefined && create) stores.set(name, EMPTY);
        return stores.get(name);
      },
      put(name, id, data) {
        const { nextId, version, records } = stores.get(name) ?? EMPTY;
        const others = records.filter(([other]) => other !== id);
        stores.set(name, {
          nextId: Math.max(nextId, id + 1),
          version: version + 1,
          modified: 5,
          records: [...others, [id, data]],
        });
      },
      delete(name, id) {
        const { nextId, version, records } = stores.get(name) ?? EMPTY;
        stores.set(name, {
          nextId,
          version: version + 1,
          modified: 5,
          records: records.filter(([other]) => other !== id),
        });
      },
      remove: (name) => {
        stores.delete(name);
      },
      list: () => [...stores.keys()],
      room: () => 1_000,
      now: () => 5,
    },
    messaging: {
      listen(port, notify) {
        if (ports.has(port)) throw new IOException(`Port ${port} is already open`);
        ports.set(port, notify);
        for (const _ of waiting.get(port) ?? []) notify();
      },
      close: (port) => {
        ports.delete(port);
      },
      take: (port) => waiting.get(port)?.shift(),
      segments: (payload) => Math.ceil((payload.kind === 'text' ? payload.text : payload.data).length / 100),
      send: async (message, sourcePort) => {
        sent.push({ message, sourcePort });
      },
    },
    push: {
      connections: () => [],
      alarm: () => undefined,
      register: () => {},
      unregister: () => false,
      registration: () => undefined,
    },
    system: {
      currentTimeMillis: () => 0,
      timeZoneOffsetMillis: () => 0,
      randomBytes: (count) => new Uint8Array(count),
      schedule: () => ({ cancel: () => true }),
      getProperty: () => undefined,
    },
    getResource: () => undefined,
    getAppProperty: () => undefined,
    platformRequest: () => false,
    checkPermission: () => 1,
    notifyDestroyed: () => {},
  };
  return {
    context,
    sent,
    shown() {
      if (shown === undefined) throw new Error('Nothing is shown');
      return shown;
    },
    arrive(port, message) {
      waiting.set(port, [...(waiting.get(port) ?? []), message]);
      ports.get(port)?.();
    },
  };
}
