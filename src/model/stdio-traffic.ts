/**
 * Watches the pipes of a stdio server. Chunks are the very buffers that are
 * passed on: read them, never write to them, and do not keep them.
 */
export interface StdioObserver {
  /** Bytes from the client to the server's stdin. */
  readonly clientToServer: (chunk: Buffer) => void;
  /** Bytes from the server's stdout to the client. */
  readonly serverToClient: (chunk: Buffer) => void;
  /** The server's process ended; called once, last. */
  readonly end: (exit: { readonly code: number | null; readonly signal: string | null }) => void;
}
