import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { z } from 'zod';
import { formatAmount } from '../../device/safe-mobile/index.ts';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { type KeySet, type VerifiedEvidence, verifyEvidence } from '../authentications/verify-evidence.ts';

/** How long the key set may take to come, ms. */
const KEY_SET_LIMIT_MS = 15_000;

const KeySetFile: z.ZodType<KeySet> = z.looseObject({
  keys: z.array(z.looseObject({ kty: z.string(), exp: z.int().optional() })),
});

/** `cash-server evidence` */
export function evidenceCommand(): Command {
  return new Command('evidence').addCommand(verifyCommand());
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('check the evidence of an authentication, and say what it proves; 1 when it proves nothing')
    .argument('<file>', 'the evidence, or - for the standard input')
    .option('--jwks <place>', 'the key set: a URL or a file', 'http://127.0.0.1:8080/.well-known/jwks.json')
    .action(async (file: string, { jwks }: { jwks: string }, command: Command) => {
      const jws = (file === '-' ? await text(process.stdin) : readText(file)).trim();
      const evidence = await verifyEvidence(jws, parseKeySet(jwks, await readKeySet(jwks)));
      outputOf(command).print({ event: 'evidence', kid: evidence.kid, ...evidence.claims }, inWords(evidence));
    });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

async function readKeySet(place: string): Promise<string> {
  if (!/^https?:\/\//.test(place)) return readText(place);
  try {
    const response = await fetch(place, { signal: AbortSignal.timeout(KEY_SET_LIMIT_MS) });
    if (response.ok) return await response.text();
    throw new Error(`it answered ${response.status}`);
  } catch (error) {
    throw new Error(`no key set comes from ${place}: ${error instanceof Error ? error.message : error}; give --jwks`);
  }
}

function parseKeySet(place: string, content: string): KeySet {
  try {
    return KeySetFile.parse(JSON.parse(content));
  } catch {
    throw new Error(
      `${place} is no key set (JWKS): give --jwks the address or a copy of the service's /.well-known/jwks.json`,
    );
  }
}

/** What the phone showed. */
function linesOf(shown: VerifiedEvidence['shown']): readonly string[] {
  if (shown.type === 'AUTH_REQUEST') return [shown.relyingParty, shown.title];
  return [shown.payee, formatAmount(shown.amount), shown.reference];
}

function inWords({ claims, shown, kid }: VerifiedEvidence): string {
  const { iss, aud, sub, auth_time, jti, kind, name } = claims;
  const at = new Date(auth_time * 1_000).toISOString();
  return [
    `${iss} says, signed with its key ${kid}:`,
    `the person whom ${name} (relying party ${aud}) knows as ${sub}`,
    `confirmed with the PIN on their own phone, ${at}, what the phone showed (${kind} ${jti}):`,
    ...linesOf(shown).map((line) => `  ${line}`),
    ...(claims.kind === 'sign'
      ? [`and so signed "${claims.full_title}", the document with the SHA-256 ${claims.document_hash}`]
      : []),
    'It is the word of this service: whoever has its keys can write the same.',
  ].join('\n');
}
