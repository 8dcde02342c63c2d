import { connect } from './clients.ts';
import type { ClientKind, ServerPlace, TestClient } from './clients.ts';
import type { ScrapedSample } from './exposition.ts';
import { scrape } from './scrape.ts';
import { mainPath, startSidecar } from './sidecar.ts';
import type { StopStack } from './stop-stack.ts';

/** A client connected to a server through a sidecar of its own, beside one that is connected directly. */
export interface ClientPair {
  readonly direct: TestClient;
  readonly proxied: TestClient;
  /** One scrape of the sidecar. */
  readonly metrics: () => Promise<ScrapedSample[]>;
}

/**
 * Connects two clients of a kind to an HTTP server: directly, and through a fresh `serve`. The stack closes what a test leaves open.
 * @param path of the endpoint, `/mcp` or `/sse`.
 * @param flags further flags of `serve`.
 */
export async function connectBoth(
  stack: StopStack,
  kind: ClientKind,
  upstreamUrl: string,
  path: '/mcp' | '/sse',
  flags: readonly string[] = [],
): Promise<ClientPair> {
  const sidecar = stack.use(await startSidecar(['--upstream', upstreamUrl, ...flags]));
  const place = (origin: string): ServerPlace =>
    path === '/sse' ? { sse: `${origin}${path}` } : { http: `${origin}${path}` };
  const [direct, proxied] = await Promise.all([
    connect(kind, place(upstreamUrl)),
    connect(kind, place(sidecar.url)),
  ]);
  stack.defer(direct.abandon);
  stack.defer(proxied.abandon);
  return { direct, proxied, metrics: sidecar.metrics };
}

/** Connects two clients of a kind to a stdio server: directly, and through `mcp-vitals stdio --`. */
export async function connectBothOverStdio(
  stack: StopStack,
  kind: ClientKind,
  commands: { readonly direct: readonly string[]; readonly proxied: readonly string[] },
): Promise<ClientPair> {
  let announce: (url: string) => void;
  const metricsUrl = new Promise<string>((resolve) => {
    announce = resolve;
  });
  let stderr = '';
  const onStderr = (text: string): void => {
    stderr += text;
    const url = /metrics on (http:\/\/\S+\/metrics)/.exec(stderr)?.[1];
    if (url) announce(url);
  };
  const sidecar = [process.execPath, mainPath, 'stdio', '--admin', '127.0.0.1:0', '--'];
  const [direct, proxied] = await Promise.all([
    connect(kind, { stdio: commands.direct }),
    connect(kind, { stdio: [...sidecar, ...commands.proxied], onStderr }),
  ]);
  stack.defer(direct.abandon);
  stack.defer(proxied.abandon);
  return { direct, proxied, metrics: async () => scrape(await metricsUrl) };
}
