import { stringify } from 'yaml';
import type { SecretSource } from '../model/probe.ts';

/** Where the configuration is mounted in the container. */
const MOUNTED = '/etc/mcp-vitals';
/** Where a token's file is mounted. */
export const MOUNTED_TOKEN = '/run/mcp-vitals/upstream-token';

/** What the override has to say. */
export interface ComposeWishes {
  /** Origin of the server as the container sees it. */
  readonly origin: string;
  /** Directory of the configuration, relative to the override. */
  readonly configDirectory: string;
  /** Where the token is on this machine, if the probes have one. */
  readonly bearer?: SecretSource;
}

/** The text of docker-compose.override.yml, beside the project's docker-compose.yml; pure. */
export function renderInitCompose({ origin, configDirectory, bearer }: ComposeWishes): string {
  const environment = {
    MCP_VITALS_UPSTREAM: origin,
    // An empty one would be a token too: compose says that it is missing.
    ...(bearer && 'env' in bearer && { [bearer.env]: `\${${bearer.env}:?want the token of the MCP server}` }),
  };
  // In full, since the short form has colons of its own; and a $ would be a variable.
  const mount = (source: string, target: string) => ({
    type: 'bind',
    source: source.replaceAll('$', '$$$$'),
    target,
    read_only: true,
  });
  const volumes = [
    mount(configDirectory, MOUNTED),
    ...(bearer && 'file' in bearer ? [mount(bearer.file, MOUNTED_TOKEN)] : []),
  ];
  const services = {
    'mcp-vitals': { environment, volumes },
    'demo-server': { environment: { MCP_UPSTREAM: origin } },
  };
  const text = stringify({ services }, { lineWidth: 0, singleQuote: true });
  return `# Written by \`mcp-vitals init\`: \`docker compose up -d\` beside docker-compose.yml takes it by itself.
${text.replace('  demo-server:', '  # There is a server: the stand-in sleeps.\n  demo-server:')}`;
}
