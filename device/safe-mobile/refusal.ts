/**
 * What a task of a library gives, or `undefined` when the library refuses the input.
 * @param words in the message of the error by which it refuses. @throws Error every other, as for want of memory
 */
export function unlessRefused<T>(words: string, task: () => T): T | undefined {
  try {
    return task();
  } catch (error) {
    if (error instanceof Error && error.message.includes(words)) return undefined;
    throw error;
  }
}
