import type { Clock } from 'cash-mobile/modem';
import type { RemoteRail } from 'cash-mobile/server';
/** One request to the bank and its answer in JSON. Rejects when no whole answer has come within `timeoutMs`. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: Readonly<Record<string, unknown>>) => Promise<Answer>;
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}
/** How a {@link jsonRail} is made. */
export interface JsonRailOptions {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Shared with the bank, which signs its notices with it. */
  readonly secret: string;
}
/** A rail to a bank whose API is JSON over HTTP. It keeps nothing, tries nothing again, and never guesses. */
export declare function jsonRail({ ask, clock, secret }: JsonRailOptions): RemoteRail;
/** Requests over HTTP to the bank. @param url `https://bank.example`; pass `timeoutMs` on, so that the engine and the request agree */
export declare function askOver(url: string, apiKey: string, timeoutMs?: number): Ask;
