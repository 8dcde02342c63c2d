import { inRepository } from './repository.ts';
import { scrape } from './scrape.ts';
import type { ScrapedSample } from './exposition.ts';
import { startProcess } from './start-process.ts';
import type { TestProcess } from './start-process.ts';

/** A running `mcp-vitals serve`. */
export interface Sidecar extends TestProcess {
  /** Origin where it takes traffic, e.g. `http://127.0.0.1:40001`. */
  readonly url: string;
  /** Origin of the admin server. */
  readonly adminUrl: string;
  /** One scrape of its /metrics. */
  readonly metrics: () => Promise<ScrapedSample[]>;
}

/** The command line of the sidecar from source, up to the command's name. */
export const mainPath = inRepository('src', 'main.ts');

const TRAFFIC = /traffic on (https?:\/\/[^\s",]+)/;
const METRICS = /metrics on (https?:\/\/[^\s"]+)\/metrics/;

/**
 * Starts `serve`, on free ports of loopback unless `args` says otherwise, and waits until both listeners were announced.
 * @param args further flags, e.g. `['--upstream', url]`.
 */
export async function startSidecar(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Sidecar> {
  const freePorts = ['--listen', '--admin'].flatMap((flag) =>
    args.includes(flag) ? [] : [flag, '127.0.0.1:0'],
  );
  const started = await startProcess({
    command: process.execPath,
    args: [mainPath, 'serve', ...freePorts, ...args],
    env,
    ready: [TRAFFIC, METRICS],
  });
  const [url = '', adminUrl = ''] = started.matches.map((match) => match[1] ?? '');
  return { ...started, url, adminUrl, metrics: () => scrape(`${adminUrl}/metrics`) };
}
