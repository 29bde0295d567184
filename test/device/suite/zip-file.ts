import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a zip file as a test wants it; what is not given is as it should be. */
export interface TestEntry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly method?: number;
  readonly flags?: number;
  /** The octets as they stand in the file, instead of the packed content. */
  readonly packed?: Uint8Array;
  readonly crc?: number;
  readonly packedSize?: number;
  readonly unpackedSize?: number;
  readonly extra?: Uint8Array;
  readonly disk?: number;
  readonly offset?: number;
  /** What the local header says instead. */
  readonly local?: {
    readonly name?: string;
    readonly flags?: number;
    readonly method?: number;
    readonly crc?: number;
    readonly packedSize?: number;
    readonly unpackedSize?: number;
    readonly extra?: Uint8Array;
    readonly signature?: number;
  };
  /** Octets behind the content, such as a data descriptor. */
  readonly behind?: Uint8Array;
  readonly comment?: string;
}

/** What the end of the file says instead of the truth. */
export interface TestEnd {
  readonly before?: Uint8Array;
  readonly gap?: Uint8Array;
  readonly count?: number;
  readonly countOnDisk?: number;
  readonly size?: number;
  readonly start?: number;
  readonly disks?: number;
  readonly comment?: string;
  readonly after?: Uint8Array;
}

function fields(...parts: readonly (readonly [value: number, octets: 2 | 4])[]): Buffer {
  return Buffer.concat(
    parts.map(([value, octets]) => {
      const field = Buffer.alloc(octets);
      field.writeUIntLE(value, 0, octets);
      return field;
    }),
  );
}

/** CRC and sizes behind an entry (APPNOTE 4.3.9). */
export function dataDescriptor(content: string, signature = true): Uint8Array {
  const octets = Buffer.from(content);
  const sizes = fields([crc32(octets), 4], [deflateRawSync(octets).length, 4], [octets.length, 4]);
  return signature ? Buffer.concat([fields([0x0807_4b50, 4]), sizes]) : sizes;
}

/** A zip file with these entries (APPNOTE 4.3.6), wrong in what the test says. */
export function zipFile(entries: readonly TestEntry[], end: TestEnd = {}): Uint8Array {
  const locals: Buffer[] = [Buffer.from(end.before ?? [])];
  const centrals: Buffer[] = [];
  let offset = locals[0]?.length ?? 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '');
    const method = entry.method ?? 8;
    const flags = entry.flags ?? 0x0800;
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const crc = entry.crc ?? crc32(content);
    const packedSize = entry.packedSize ?? packed.length;
    const unpackedSize = entry.unpackedSize ?? content.length;
    const [name, extra, comment] = [Buffer.from(entry.name), entry.extra ?? Buffer.alloc(0), entry.comment ?? ''];
    const local = entry.local ?? {};
    const localName = Buffer.from(local.name ?? entry.name);
    const localExtra = local.extra ?? extra;
    const zero = (flags & 8) !== 0;
    const header = Buffer.concat([
      fields([local.signature ?? 0x0403_4b50, 4], [20, 2], [local.flags ?? flags, 2], [local.method ?? method, 2]),
      fields([0, 2], [0x0021, 2], [local.crc ?? (zero ? 0 : crc), 4]),
      fields([local.packedSize ?? (zero ? 0 : packedSize), 4], [local.unpackedSize ?? (zero ? 0 : unpackedSize), 4]),
      fields([localName.length, 2], [localExtra.length, 2]),
      localName,
      localExtra,
      packed,
      entry.behind ?? Buffer.alloc(0),
    ]);
    centrals.push(
      Buffer.concat([
        fields([0x0201_4b50, 4], [20, 2], [20, 2], [flags, 2], [method, 2], [0, 2], [0x0021, 2], [crc, 4]),
        fields([packedSize, 4], [unpackedSize, 4], [name.length, 2], [extra.length, 2], [comment.length, 2]),
        fields([entry.disk ?? 0, 2], [0, 2], [0, 4], [entry.offset ?? offset, 4]),
        name,
        extra,
        Buffer.from(comment),
      ]),
    );
    locals.push(header);
    offset += header.length;
  }
  const gap = Buffer.from(end.gap ?? []);
  const directory = Buffer.concat(centrals);
  const count = end.count ?? entries.length;
  const ending = fields(
    [0x0605_4b50, 4],
    [end.disks ?? 0, 4],
    [end.countOnDisk ?? count, 2],
    [count, 2],
    [end.size ?? directory.length, 4],
    [end.start ?? offset + gap.length, 4],
    [(end.comment ?? '').length, 2],
  );
  return new Uint8Array(
    Buffer.concat([...locals, gap, directory, ending, Buffer.from(end.comment ?? ''), Buffer.from(end.after ?? [])]),
  );
}
