// What the tests use of WebAssembly; the types of Node.js do not have it.
declare namespace WebAssembly {
  class Module {
    constructor(octets: Uint8Array);
    static imports(module: Module): readonly object[];
    static exports(module: Module): readonly object[];
  }
  class Global {
    readonly value: unknown;
  }
  function instantiate(
    octets: Uint8Array,
    imports: Readonly<Record<string, Readonly<Record<string, () => number>>>>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}
