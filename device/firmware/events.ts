import type { Screen, Tone } from '../hal/index.ts';

/** What a handset tells whoever watches it. Contents of messages are not among it; frames are for the application alone. */
export type HandsetEvent =
  | { readonly kind: 'screen'; readonly screen: Screen }
  | { readonly kind: 'sound'; readonly tone: Tone }
  /** A message came and is stored; `destination` says whom for. */
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
