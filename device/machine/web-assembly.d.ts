// What is used of the WebAssembly of the JavaScript engine; the types of Node.js do not have it.
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: 'WebAssembly.Module';
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  function compile(octets: Uint8Array): Promise<Module>;
}
