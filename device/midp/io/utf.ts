/** A text in the modified UTF-8 of `java.io.DataInput`: each unit of UTF-16 for itself, U+0000 in 2 octets. */
export function encodeUtf(text: string): Uint8Array {
  const octets: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0 && unit < 0x80) octets.push(unit);
    else if (unit < 0x800) octets.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else octets.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Uint8Array.from(octets);
}

/** The text of {@link encodeUtf}. Never throws: octets that are none give some text. */
export function decodeUtf(octets: Uint8Array): string {
  const at = (index: number) => (octets[index] ?? 0) & 0x3f;
  let text = '';
  for (let index = 0; index < octets.length; ) {
    const first = octets[index] ?? 0;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : 3;
    if (length === 1) text += String.fromCharCode(first);
    else if (length === 2) text += String.fromCharCode(((first & 0x1f) << 6) | at(index + 1));
    else text += String.fromCharCode(((first & 0x0f) << 12) | (at(index + 1) << 6) | at(index + 2));
    index += length;
  }
  return text;
}
