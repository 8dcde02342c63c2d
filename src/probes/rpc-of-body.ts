/** The id of the JSON-RPC request in a body, and whether it is an `initialize`. */
export function rpcOfBody(body: string): { readonly id?: string | number; readonly isInitialize: boolean } {
  if (!body.startsWith('{')) return { isInitialize: false };
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message !== 'object' || message === null || !('method' in message))
      return { isInitialize: false };
    const isInitialize = message.method === 'initialize';
    const id = 'id' in message ? message.id : undefined;
    return typeof id === 'string' || typeof id === 'number' ? { id, isInitialize } : { isInitialize };
  } catch {
    return { isInitialize: false };
  }
}
