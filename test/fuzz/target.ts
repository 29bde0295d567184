/** What is fuzzed, ready to take inputs. */
export interface Target {
  /** Valid inputs, of which others are made. */
  readonly corpus: readonly Uint8Array[];
  /** Takes one input. @throws Error when something is wrong that no input may cause */
  run(input: Uint8Array): Promise<void> | void;
  close?(): Promise<void> | void;
}

/** Makes a target anew: findings are tried again on one that has seen nothing else. */
export type OpenTarget = () => Promise<Target> | Target;

/** Something that no input may cause. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** Says what was found, when it is so. */
export function found(isSo: boolean, what: string): void {
  if (isSo) throw new Finding(what);
}
