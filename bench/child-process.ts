import process from 'node:process';

/** Ends this process when the benchmark that started it goes away, however it goes. */
export function exitWithParent(): void {
  process.once('disconnect', () => process.exit(0));
}

/** The port to listen on: the process's first argument. */
export function listeningPort(): number {
  return portArgument(2);
}

/** The upstream's port: the process's second argument. */
export function upstreamPort(): number {
  return portArgument(3);
}

function portArgument(index: number): number {
  const port = Number(process.argv[index]);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`argument ${index - 1}: want a port, got ${process.argv[index] ?? 'nothing'}`);
  }
  return port;
}
