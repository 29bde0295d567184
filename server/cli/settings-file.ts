import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { UsageError } from '../../modem/cli/program.ts';
import { messageOf } from '../vocabulary/errors.ts';
import type { Listen } from './exposure.ts';

/** How an address is written; an IPv6 host stands in brackets. */
export const HOST_AND_PORT: RegExp = /^(.+):([0-9]{1,5})$/;

/** The host, without brackets, and the port of a text that {@link HOST_AND_PORT} matches. */
export function hostAndPort(text: string): Listen {
  const [, host = '', port = ''] = HOST_AND_PORT.exec(text) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

/** The settings in a JSON file that an option names. @param option as `--card`. @throws UsageError when it cannot be read, or names the first field that is wrong */
export function readSettings<Settings>(option: string, file: string, schema: z.ZodType<Settings>): Settings {
  let content: unknown;
  try {
    const text = readFileSync(file, 'utf8');
    if (text.startsWith('-----BEGIN ')) throw new Error('it is PEM, and JSON is expected');
    content = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${option} ${file} cannot be read: ${messageOf(error)}`);
  }
  const read = schema.safeParse(content);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UsageError(`${option} ${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}
