import { BREAKS_VARIABLE, type DemoBreakName } from './demo-breaks.ts';
import { startChild } from './start-child.ts';

/** What the demo's clients are told. */
export interface DemoClientsOptions {
  /** The MCP endpoint that they call. */
  readonly url: string;
  /** Tool calls a second, of all clients together. */
  readonly ratePerSecond: number;
  /** What is broken on purpose. */
  readonly breaks: readonly DemoBreakName[];
  /** Called with one clear line if they end by themselves. */
  readonly onFailure: (reason: string) => void;
}

/**
 * Starts clients of both eras in a process of their own; `stop` ends their sessions first.
 * @throws Error with one line if none of them was connected within 5 s.
 */
export async function startDemoClients(
  options: DemoClientsOptions,
): Promise<{ readonly stop: () => Promise<void> }> {
  const { url, ratePerSecond, breaks, onFailure } = options;
  const child = await startChild({
    program: 'demo-clients',
    env: { MCP_URL: url, RATE: String(ratePerSecond), [BREAKS_VARIABLE]: breaks.join(',') },
    onFailure,
  });
  return { stop: async () => child.stop() };
}
