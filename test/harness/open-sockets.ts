/** TCP and TLS sockets that this process has open; test files that ran before may have left some for a while. */
export const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /^(TCPSocket|TLS)Wrap$/.test(kind)).length;
