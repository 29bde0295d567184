import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import { type Portrait, portraitSchema } from './portrait.ts';
import { readYaml } from './read-yaml.ts';

/** A file that is no portrait. `message` is one line for people: what is wrong, and where. */
class PortraitFileError extends Error {
  override readonly name = 'PortraitFileError';
}

const HEADER = ` How a modem speaks, as gsm-modem portrait saw it. gsm-sim serve --personality THIS-FILE speaks like it.
 {imei}, {imsi} and the like stand for what is the owner's; no number, no message and no PIN is in here.`;

/** The comment above each part of the file. */
const ABOVE: Readonly<Record<string, string>> = {
  manners: ' Echo, ends of lines, prompt, errors.',
  delays: ' From the end of a command line to its final result, in ms.',
  codes: ' What it says of itself.',
  answers: ' Lines of each answer, the final result last; an empty one: none came. Without AT.',
  found: ' Settings as they were when the port was opened.',
  live: " Answered with what changes or is the owner's: the virtual modem answers these by itself.",
  missing: ' Answered as a command that nobody has.',
};

const WIDTH = 120;

/** A portrait as YAML, to be read and changed by people. */
export function portraitYaml(portrait: Portrait): string {
  const document = new Document(portrait);
  document.commentBefore = HEADER;
  visit(document, {
    // A short answer is written in one line of the file, a long list with one item a line.
    Seq: (_, list) => {
      list.flow = JSON.stringify(list.toJSON()).length < WIDTH;
    },
  });
  if (isMap(document.contents)) {
    for (const { key, value } of document.contents.items) {
      const comment = isScalar(key) ? ABOVE[String(key.value)] : undefined;
      if (comment === undefined || !isScalar(key)) continue;
      key.commentBefore = comment;
      key.spaceBefore = true;
      if (isSeq(value)) value.flow = true;
    }
  }
  return document.toString({ lineWidth: WIDTH, flowCollectionPadding: false });
}

/** Reads a portrait. @throws PortraitFileError */
export function readPortrait(source: string): Portrait {
  const read = readYaml(source, portraitSchema);
  if (read.kind === 'data') return read.data;
  if (read.kind === 'no-yaml') {
    const [fault] = read.faults;
    throw new PortraitFileError(`no YAML: ${fault?.message} at line ${fault?.line}, column ${fault?.column}`);
  }
  const [issue] = read.issues;
  const where = issue?.path.join('.') || 'the whole';
  throw new PortraitFileError(`no portrait of a modem: ${where}: ${issue?.message ?? 'is wrong'}`);
}
