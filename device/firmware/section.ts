import type { z } from 'zod';
import { type Flash, FlashError } from '../hal/index.ts';

/** A section of the flash that must be of a shape, or `undefined` if there is none. @throws FlashError `damaged` */
export function readSection<Shape extends z.ZodType>(
  flash: Flash,
  name: string,
  shape: Shape,
): z.output<Shape> | undefined {
  const value = flash.read(name);
  if (value === undefined) return undefined;
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new FlashError('damaged', `The section ${name} of the flash is damaged`);
  return parsed.data;
}
