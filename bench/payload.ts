/** Size of a tools/call request's body in bytes. */
export const REQUEST_BYTES = 2048;

/** Size of a tools/call answer's JSON body in bytes. */
export const ANSWER_BYTES = 5120;

/** First JSON-RPC id; all ids have as many digits, so that every message has the same length. */
export const FIRST_ID = 10_000_000;

/** The tool that the load calls. */
export const TOOL_NAME = 'get_user';

/** What `tools/list` of the benchmark's servers declares. */
export const TOOLS_RESULT = {
  tools: [{ name: TOOL_NAME, description: 'Returns a user.', inputSchema: { type: 'object' } }],
};

/** The JSON-RPC result of `initialize` for the protocol version the client asked for. */
export function initializeResult(protocolVersion: string): object {
  return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'bench', version: '1.0.0' } };
}

// A request carries plain text; an answer carries JSON in a string, as tools write it, so full of escapes.
const NOTE = 'Customer asks for a refund of order 4711, see the notes of last week and call back on Monday. ';
const RECORD = '{"id": 4711, "name": "Ada Example", "mail": "ada@example.org", "active": true}, ';

// Repeats the pattern until its JSON has the wanted length; plain characters make up for an escape that does not fit.
function fit(wantedBytes: number, pattern: string, render: (text: string) => string): string {
  const textOf = (length: number): string =>
    pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
  let length = 0;
  while (render(textOf(length + 1)).length <= wantedBytes) length += 1;
  const text = textOf(length);
  return render(text + 'x'.repeat(wantedBytes - render(text).length));
}

/**
 * A tools/call request of {@link REQUEST_BYTES} bytes, split around its 8-digit id.
 * The order of members is that of the official SDK clients: method, params, jsonrpc, id.
 */
export function requestAroundId(): { before: string; after: string } {
  const whole = fit(REQUEST_BYTES, NOTE, (text) =>
    JSON.stringify({
      method: 'tools/call',
      params: { name: TOOL_NAME, arguments: { user_id: 4711, note: text } },
      jsonrpc: '2.0',
      id: FIRST_ID,
    }),
  );
  return splitAroundId(whole);
}

/** A tools/call answer of {@link ANSWER_BYTES} bytes in the order of the official SDK servers, split around its id. */
export function answerAroundId(): { before: string; after: string } {
  const whole = fit(ANSWER_BYTES, RECORD, (text) =>
    JSON.stringify({ result: { content: [{ type: 'text', text }] }, jsonrpc: '2.0', id: FIRST_ID }),
  );
  return splitAroundId(whole);
}

function splitAroundId(whole: string): { before: string; after: string } {
  const digits = String(FIRST_ID);
  const at = whole.lastIndexOf(digits);
  return { before: whole.slice(0, at), after: whole.slice(at + digits.length) };
}
