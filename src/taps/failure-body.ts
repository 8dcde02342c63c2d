/** JSON text of an id from its canonical form; null for one that was cut, since a wrong id would be worse. */
const idJson = (canonical: string): string => {
  if (canonical.startsWith('s')) return JSON.stringify(canonical.slice(1));
  return canonical.startsWith('n') && canonical !== 'null' ? canonical.slice(1) : 'null';
};

/** Codes under which the SDKs know a lost connection and a timeout. */
const CONNECTION_CLOSED = -32000;
const REQUEST_TIMEOUT = -32001;

/**
 * The JSON-RPC error body for requests that never got their answer: one error
 * per id, with id null where none is known.
 */
export function rpcFailureBody(
  statusCode: number,
  reason: string,
  calls: readonly { readonly id: string }[],
): string {
  const error = JSON.stringify({
    code: statusCode === 504 ? REQUEST_TIMEOUT : CONNECTION_CLOSED,
    message: reason,
    data: { httpStatus: statusCode },
  });
  const body = (id: string): string => `{"jsonrpc":"2.0","id":${id},"error":${error}}`;
  if (calls.length > 1) return `[${calls.map(({ id }) => body(idJson(id))).join(',')}]`;
  return body(calls[0] === undefined ? 'null' : idJson(calls[0].id));
}
