import type { Screen, Tone } from '../hal/index.ts';

/** The events of a handset, for programs and the terminal. They never have the content of a message. */
export type HandsetEvent =
  | { readonly kind: 'screen'; readonly screen: Screen }
  | { readonly kind: 'sound'; readonly tone: Tone }
  /** A message came and is stored; `destination` is the inbox or the port's application. */
  | {
      readonly kind: 'received';
      readonly from: string;
      readonly octets: number;
      readonly port?: number;
      readonly destination: 'inbox' | 'application' | 'nobody';
    }
  | {
      readonly kind: 'sent';
      readonly to: string;
      readonly octets: number;
      readonly port?: number;
      readonly outcome: 'sent' | 'failed' | 'unknown';
      readonly reason?: string;
    }
  | {
      readonly kind: 'application';
      readonly name: string;
      readonly state: 'started' | 'ended' | 'failed';
      readonly reason?: string;
    };
