import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';

const octets = z.string().regex(/^([0-9a-f]{2})*$/);

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sent'), references: z.array(z.int()).readonly() }),
  z.object({ kind: z.literal('failed'), reason: z.string(), retry: z.boolean() }),
  z.object({ kind: z.literal('unknown'), reason: z.string() }),
]);

/** What the process of a service tells the network. */
export const FromService = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening') }),
  z.object({ kind: z.literal('send'), id: z.string(), destination: z.string(), frame: octets, report: z.boolean() }),
  /** The message of this number is on disk. */
  z.object({ kind: z.literal('taken'), message: z.int() }),
]);
export type FromService = z.infer<typeof FromService>;

/** What the network tells the process of a service. */
export const ToService = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('outcome'), id: z.string(), outcome }),
  z.object({ kind: z.literal('delivered'), id: z.string() }),
  z.object({
    kind: z.literal('message'),
    message: z.int(),
    originator: z.string(),
    sentAt: z.int(),
    frame: octets,
  }),
  /** The host of the rail says something by itself. */
  z.object({ kind: z.literal('notice'), notice: octets }),
]);
export type ToService = z.infer<typeof ToService>;

/** Calls `hear` with each JSON line. What is cut off by the end of the process is no line. */
export function hearLines<Line>(input: Readable, line: z.ZodType<Line>, hear: (line: Line) => void): void {
  const lines = createInterface({ input });
  lines.on('error', () => lines.close());
  lines.on('line', (text) => {
    if (text.endsWith('}')) hear(line.parse(JSON.parse(text)));
  });
}
