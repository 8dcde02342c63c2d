import { emptyFacts, canonicalId, type MessageFacts } from './message-facts.ts';

// A look at both ends of a message tells most of them: what the official SDKs write is known, and the large part
// in the middle, arguments and contents, need not be read. All functions here say "do not know" when in doubt;
// then the scanner reads the whole message.

/** Bytes at the beginning and at the end of a message that are looked at. */
const HEAD_BYTES = 320;
const TAIL_BYTES = 128;

/** A call as the official SDKs write it: method and name first, the id last. */
const CALL_HEAD = /^\{"method":"([\w/]{1,64})","params":\{"name":"([^"\\]{1,128})"[,}]/;
const CALL_TAIL = /,"jsonrpc":"2\.0","id":(\d{1,15}|"[^"\\]{0,64}")\}$/;

/**
 * Facts of a request for a tool or a prompt in the order of the official SDKs; undefined for anything else.
 * In valid JSON the last brace closes the whole, so that the scalar before it is a member of the message itself.
 * @param chunk a whole message, nothing before or after it.
 */
export function quickCallFacts(chunk: Buffer): MessageFacts | undefined {
  const tail = CALL_TAIL.exec(chunk.toString('latin1', Math.max(0, chunk.length - TAIL_BYTES)));
  if (!tail?.[1]) return undefined;
  const head = CALL_HEAD.exec(chunk.toString('latin1', 0, HEAD_BYTES));
  if (!head) return undefined;
  const [, method, name = ''] = head;
  if (method !== 'tools/call' && method !== 'prompts/get') return undefined;
  const facts = emptyFacts();
  facts.method = method;
  facts.name = utf8(name);
  facts.id = canonicalId(utf8(tail[1]));
  return facts;
}

/** A result as the official SDKs write it: with the id before it, or at the very end. */
const RESULT_HEAD =
  /^\{(?:"jsonrpc":"2\.0",)?(?:"id":(\d{1,15}|"[^"\\]{0,64}"),)?(?:"jsonrpc":"2\.0",)?"result":\{/;
const RESULT_TAIL = /\},(?:"jsonrpc":"2\.0",)?"id":(\d{1,15}|"[^"\\]{0,64}")(?:,"jsonrpc":"2\.0")?\}$/;
/** Endings of `"isError"` and `"resultType"`: they begin with a byte that is rare in text, which makes the search fast. */
const ERROR_KEY = Buffer.from('Error"');
const TYPE_KEY = Buffer.from('Type"');
/** Tells a task of the legacy era, whose result has no other mark. */
const TASK_KEY = Buffer.from('"taskId"');
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * The id of a message that surely is a response with a good, final result:
 * nothing in it says `isError` but to deny it, and no `resultType` says
 * anything but `complete`. Undefined if that is not sure.
 * @param start where the whole message begins in the chunk.
 * @param end where it ends.
 */
export function plainResultId(chunk: Buffer, start: number, end: number): string | undefined {
  if (chunk[start] !== OPENING_BRACE || chunk[end - 1] !== CLOSING_BRACE) return undefined;
  const head = RESULT_HEAD.exec(chunk.toString('latin1', start, Math.min(end, start + HEAD_BYTES)));
  if (!head) return undefined;
  const id =
    head[1] ?? RESULT_TAIL.exec(chunk.toString('latin1', Math.max(start, end - TAIL_BYTES), end))?.[1];
  if (id === undefined) return undefined;
  const isGood =
    everyMatch(chunk, ERROR_KEY, start, end, /^\s*:\s*false\b/) &&
    everyMatch(chunk, TYPE_KEY, start, end, /^\s*:\s*"(?:complete"|[^"]*\/)/);
  const task = isGood ? chunk.indexOf(TASK_KEY, start) : -1;
  return isGood && (task === -1 || task >= end) ? canonicalId(utf8(id)) : undefined;
}

/** Text that was read as latin1, as UTF-8; nearly all is ASCII, and then nothing has to be decoded again. */
const utf8 = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString();

/** Most places that are looked at before the scanner is the faster one. */
const MAX_MATCHES = 4;

/** Whether what follows each place of a key's ending matches; a `mimeType` may have its media type. */
function everyMatch(chunk: Buffer, key: Buffer, start: number, end: number, follows: RegExp): boolean {
  let at = chunk.indexOf(key, start);
  for (let matches = 0; at !== -1 && at < end; matches++) {
    if (matches === MAX_MATCHES) return false;
    const after = at + key.length;
    if (!follows.test(chunk.toString('latin1', after, Math.min(end, after + 24)))) return false;
    at = chunk.indexOf(key, after);
  }
  return true;
}

/**
 * Whether the rest of a request need not be read: its id is known, its method,
 * and what the method addresses.
 * @param isBatchTool whether the length of an argument of that tool is wanted.
 */
export function isEnough(facts: MessageFacts, isBatchTool: (tool: string) => boolean): boolean {
  if (facts.id === undefined || facts.method === undefined) return false;
  switch (facts.method) {
    case 'tools/call':
      return facts.name !== undefined && !isBatchTool(facts.name);
    case 'prompts/get':
      return facts.name !== undefined;
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return facts.uri !== undefined;
    case 'initialize':
      return facts.protocolVersion !== undefined && facts.clientName !== undefined;
    default:
      return true;
  }
}
