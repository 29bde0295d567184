/**
 * Makes WebAssembly count its loops, so that nothing that it does goes on for long without its host: each beginning of a loop takes one
 * off a counter, and below one the code calls a function of the host, which may throw. What has no loop ends soon, as the depth of calls
 * is limited. Without that, an engine of JavaScript asks its host only between the steps of a script, and never in the middle of a sort
 * or of a multiplication of a million digits.
 *
 * Octets as in the core specification of WebAssembly 2.0, chapter 5.
 */

/** Loops between two calls of the host. */
const LOOPS = 100_000;
/** Memory that is copied or filled at once counts as one loop for each 32 octets. */
const OCTETS_SHIFT = 5;

const HEAD = 8;
const SECTION = { import: 2, global: 6, code: 10 } as const;
const I32 = 0x7f;
const OP = { loop: 0x03, brTable: 0x0e, typedSelect: 0x1c, f32Const: 0x43, f64Const: 0x44, prefix: 0xfc } as const;

/** Instructions that are followed by a count of numbers, by octets that are no number, or by the rest of their own number. */
const SPECIAL = 254;
const UNKNOWN = 255;
/** How many numbers follow each instruction. Those of exceptions and of vectors are not known here. */
const OPERANDS: Uint8Array = operands([
  [0x00, 0xc4, 0],
  [0x02, 0x04, 1], // block, loop, if: the type
  [0x06, 0x0a, UNKNOWN],
  [0x0c, 0x0d, 1], // br, br_if
  [0x0e, 0x0e, SPECIAL], // br_table
  [0x10, 0x10, 1], // call
  [0x11, 0x11, 2], // call_indirect
  [0x12, 0x12, 1], // return_call
  [0x13, 0x13, 2], // return_call_indirect
  [0x14, 0x19, UNKNOWN],
  [0x1c, 0x1c, SPECIAL], // select with types
  [0x1d, 0x1f, UNKNOWN],
  [0x20, 0x26, 1], // of variables and tables
  [0x27, 0x27, UNKNOWN],
  [0x28, 0x3e, 2], // loads and stores: alignment and offset
  [0x3f, 0x42, 1], // memory.size, memory.grow, i32.const, i64.const
  [0x43, 0x44, SPECIAL], // f32.const, f64.const
  [0xd0, 0xd0, 1], // ref.null
  [0xd1, 0xd1, 0], // ref.is_null
  [0xd2, 0xd2, 1], // ref.func
  [0xfc, 0xfc, SPECIAL],
]);
/** The same for those after the prefix 0xFC: eight conversions, then those of memory and tables. */
const PREFIXED_OPERANDS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

function operands(ranges: readonly (readonly [first: number, last: number, count: number])[]): Uint8Array {
  const table = new Uint8Array(256).fill(UNKNOWN);
  for (const [first, last, count] of ranges) table.fill(count, first, last + 1);
  return table;
}

/**
 * A module that calls a function of its host each 100,000 loops.
 * @param name of that function, which the module imports: without parameters, and its result is an i32 that is not looked at
 * @throws Error when it imports no such function, or has an instruction that is not known here
 */
export function meterLoops(module: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  const reader = new Reader(module, HEAD);
  const parts: Uint8Array[] = [module.subarray(0, HEAD)];
  let called: number | undefined;
  let counter: number | undefined;
  while (reader.at < module.length) {
    const begin = reader.at;
    const id = reader.octet();
    const end = reader.number() + reader.at;
    if (id === SECTION.import) called = importOf(new Reader(module, reader.at), name);
    if (id === SECTION.global) {
      counter = reader.number();
      // Two globals more, which can be set: the counter, an i32 that begins with 1, and a length.
      const added = Uint8Array.of(I32, 1, 0x41, 1, 0x0b, I32, 1, 0x41, 0, 0x0b);
      parts.push(...section(id, [leb(counter + 2), module.subarray(reader.at, end), added]));
    } else if (id === SECTION.code) {
      if (called === undefined || counter === undefined) throw new Error(`The module has no globals, or no ${name}`);
      parts.push(...section(id, bodiesOf(reader, metersOf(called, counter))));
    } else parts.push(module.subarray(begin, end));
    reader.at = end;
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Reads the octets of a module. */
class Reader {
  readonly octets: Uint8Array;
  at: number;

  constructor(octets: Uint8Array, at: number) {
    this.octets = octets;
    this.at = at;
  }

  octet(): number {
    const octet = this.octets[this.at];
    if (octet === undefined) throw new Error('The module ends too soon');
    this.at += 1;
    return octet;
  }

  /** An unsigned number (LEB128). */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const octet = this.octet();
      value += (octet & 0x7f) * 2 ** shift;
      if (octet < 0x80) return value;
    }
  }

  /** Numbers of any size and sign. */
  skipNumbers(count: number): void {
    for (let number = 0; number < count; number += 1) while (this.octet() >= 0x80);
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return Buffer.from(this.octets.subarray(this.at - length, this.at)).toString('utf8');
  }
}

/** The index of an imported function. @throws Error for an import that is no function */
function importOf(reader: Reader, name: string): number | undefined {
  const names = Array.from({ length: reader.number() }, () => {
    reader.text();
    const imported = reader.text();
    if (reader.octet() !== 0) throw new Error(`The import ${imported} is no function`);
    reader.number();
    return imported;
  });
  const index = names.indexOf(name);
  return index < 0 ? undefined : index;
}

/** What is put into the code. */
interface Meters {
  /** At the beginning of a loop: counter -= 1; if (counter <= 0) { called(); counter = LOOPS }. */
  readonly loop: Uint8Array;
  /** Before memory.copy and memory.fill, whose length is on the stack: counter -= length >>> 5. */
  readonly bulk: Uint8Array;
}

function metersOf(called: number, counter: number): Meters {
  const [get, set] = [Uint8Array.of(0x23, ...leb(counter)), Uint8Array.of(0x24, ...leb(counter))];
  const [getLength, setLength] = [Uint8Array.of(0x23, ...leb(counter + 1)), Uint8Array.of(0x24, ...leb(counter + 1))];
  const refill = [0x10, ...leb(called), 0x1a, 0x41, ...signedLeb(LOOPS), ...set];
  return {
    loop: Uint8Array.of(...get, 0x41, 1, 0x6b, ...set, ...get, 0x41, 0, 0x4c, 0x04, 0x40, ...refill, 0x0b),
    bulk: Uint8Array.of(...setLength, ...get, ...getLength, 0x41, OCTETS_SHIFT, 0x76, 0x6b, ...set, ...getLength),
  };
}

/** The bodies of all functions with their meters. */
function bodiesOf(reader: Reader, meters: Meters): readonly Uint8Array[] {
  const count = reader.number();
  const bodies = Array.from({ length: count }, () => {
    const size = reader.number();
    const body = bodyOf(reader, reader.at + size, meters);
    return [leb(body.reduce((sum, { length }) => sum + length, 0)), ...body];
  });
  return [leb(count), ...bodies.flat()];
}

function bodyOf(reader: Reader, end: number, { loop, bulk }: Meters): readonly Uint8Array[] {
  const { octets } = reader;
  const parts: Uint8Array[] = [];
  let copied = reader.at;
  const put = (meter: Uint8Array, at: number) => {
    parts.push(octets.subarray(copied, at), meter);
    copied = at;
  };
  for (let groups = reader.number(); groups > 0; groups -= 1) reader.skipNumbers(2);
  while (reader.at < end) {
    const { at } = reader;
    const op = skipInstruction(reader);
    if (op === OP.loop) put(loop, reader.at);
    if (op === OP.prefix && isBulk(octets[at + 1])) put(bulk, at);
  }
  return [...parts, octets.subarray(copied, end)];
}

/** memory.copy and memory.fill, after their prefix. */
function isBulk(second: number | undefined): boolean {
  return second === 0x0a || second === 0x0b;
}

/** @returns the instruction. @throws Error for one that is not known here */
function skipInstruction(reader: Reader): number {
  const op = reader.octet();
  const count = OPERANDS[op] ?? UNKNOWN;
  if (count < SPECIAL) reader.skipNumbers(count);
  else if (op === OP.brTable) reader.skipNumbers(reader.number() + 1);
  else if (op === OP.typedSelect) reader.skipNumbers(reader.number());
  else if (op === OP.f32Const) reader.at += 4;
  else if (op === OP.f64Const) reader.at += 8;
  else reader.skipNumbers(prefixed(op === OP.prefix ? reader.number() : UNKNOWN, op));
  return op;
}

function prefixed(second: number, op: number): number {
  const count = PREFIXED_OPERANDS[second];
  if (count === undefined) throw new Error(`The instruction 0x${op.toString(16)} is not known`);
  return count;
}

function section(id: number, content: readonly Uint8Array[]): readonly Uint8Array[] {
  return [Uint8Array.of(id), leb(content.reduce((sum, { length }) => sum + length, 0)), ...content];
}

/** An unsigned number as LEB128. */
function leb(value: number): Uint8Array {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) octets.push((rest % 0x80) + 0x80);
  return Uint8Array.of(...octets, rest);
}

/** A number that is not negative as signed LEB128: its highest bit is the sign. */
function signedLeb(value: number): Uint8Array {
  const octets = leb(value);
  const last = octets.at(-1) ?? 0;
  return last < 0x40 ? octets : Uint8Array.of(...octets.subarray(0, -1), last + 0x80, 0);
}
