import { flowYaml } from './flow-yaml.ts';
import type { InitPlan, PlannedProbe, PlannedServer, SuggestedProbe } from './init-plan.ts';

/** Longest comment line. */
const WIDTH = 118;

/** Most tools that are named in one comment. */
const MOST_NAMED = 50;

/** A comment of as many lines as it takes; what a server sent may hold line breaks and control characters. */
export function comment(text: string, indent = ''): string {
  const words = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .split(' ');
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > WIDTH - indent.length) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => `${indent}# ${line}\n`).join('');
}

/** Keys that say where a probe goes. */
function placeOf(server: PlannedServer): Readonly<Record<string, unknown>> {
  if (server.over === 'stdio') return { command: server.command };
  const { path, transport, bearer, host } = server;
  return {
    url: path,
    ...(transport === 'sse' && { transport }),
    ...(host !== undefined && { headers: { host } }),
    ...(bearer && { credentials: { bearer } }),
  };
}

function checkKeys({ check }: PlannedProbe): Readonly<Record<string, unknown>> {
  switch (check.kind) {
    case 'handshake':
      return check.capabilities.length === 0 ? {} : { capabilities: check.capabilities };
    case 'tools':
      return { failOn: check.failOn };
    case 'tool':
      return {
        tool: check.tool,
        ...(Object.keys(check.arguments).length > 0 && { arguments: check.arguments }),
      };
    default:
      throw new Error(`probe: want a handshake, tools or a tool, got ${check.kind}`);
  }
}

function probeLine(probe: PlannedProbe, server: PlannedServer): string {
  const { name, check, era, timeout, interval } = probe;
  const entry = {
    name,
    kind: check.kind,
    ...placeOf(server),
    ...(era && { era }),
    ...checkKeys(probe),
    ...(timeout !== undefined && { timeout }),
    ...(interval !== undefined && { interval }),
  };
  return `- ${flowYaml(entry)}`;
}

function suggestionText(probe: SuggestedProbe, server: PlannedServer): string {
  const { missing = [], check, why } = probe;
  const filled =
    check.kind === 'tool'
      ? {
          ...probe,
          check: {
            ...check,
            arguments: { ...check.arguments, ...Object.fromEntries(missing.map((name) => [name, '?'])) },
          },
        }
      : probe;
  const line = probeLine(filled, server);
  return `${comment(`${probe.name} is off: ${why}`, '    ')}    # ${line}\n`;
}

function header({ name, server }: InitPlan): string {
  const where =
    server.over === 'http' ? `${server.origin}${server.path}` : (server.command[0] ?? 'a server over pipes');
  const who = name === undefined ? where : `${name} at ${where}`;
  return `${comment(`Written by \`mcp-vitals init\` for ${who}: change what you know better.`)}${comment(
    'Only what differs from the defaults stands here; docs/configuration.md has every setting.',
  )}`;
}

function addresses({ server, listen, admin, compose }: InitPlan): string {
  if (server.over === 'stdio') return '';
  const upstream = compose
    ? comment('As the container sees it; docker-compose.override.yml says the same, and goes before.')
    : '';
  const taken =
    listen === undefined
      ? ''
      : `${comment("The clients' address in place of the server's; 8080 is taken here.")}listen: ${flowYaml(listen)}\n`;
  const page =
    admin === undefined
      ? ''
      : `${comment('Metrics and the page; 9464 is taken here.')}admin: ${flowYaml(admin)}\n`;
  return `\n${upstream}upstream: ${flowYaml(server.origin)}\n${taken}${page}`;
}

function setUpText({ server, setUp, tier, postgres, processPort }: InitPlan): string {
  if (setUp === undefined) {
    if (tier === undefined && server.over === 'stdio') return '';
    const line = tier === undefined ? '# server: { tier: 1, workers: 2 }' : `server: { tier: ${tier} }`;
    return `\n${comment('What the server runs on decides what it is held against (docs/baselines.md).')}${line}\n`;
  }
  const { why, limits, workers } = setUp;
  const tierWhy = tier === undefined ? why['server.tier'] : 'as given to init';
  const limitLines = [
    `    sessions: ${limits.sessions} # ${why['detectors.limits.sessions'] ?? ''}\n`,
    postgres === undefined
      ? ''
      : `    connections: ${limits.connections} # ${why['detectors.limits.connections'] ?? ''}\n`,
  ].join('');
  const limitNote =
    processPort === undefined
      ? ''
      : comment('Memory and open files have the limits of the process itself.', '    ');
  return [
    `\n${comment('What the server runs on decides what it is held against (docs/baselines.md).')}`,
    `server:\n  tier: ${tier ?? setUp.tier} # ${tierWhy ?? ''}\n`,
    `  workers: ${workers} # ${why['server.workers'] ?? ''}\n`,
    `\n${comment('What must not be reached: detectors say when it will be (docs/detectors.md).')}`,
    `detectors:\n  limits:\n${limitLines}${limitNote}`,
  ].join('');
}

function sourcesText({ server, processPort, metrics, postgres, redis, compose }: InitPlan): string {
  const page =
    server.over === 'http' && metrics !== undefined ? `${server.origin}${metrics.path}` : undefined;
  const active = [
    processPort === undefined
      ? ''
      : `${comment('CPU, memory, open files and restarts of the process that listens there.', '  ')}  process: { port: ${processPort} }\n`,
    page !== undefined && metrics?.isTaken === true
      ? `${comment('Its cache_hit_rate and connection_pool_usage.', '  ')}  scrape: ${flowYaml(page)}\n`
      : '',
    postgres === undefined
      ? ''
      : `${comment('Pools and transactions. The password: MCP_VITALS_SOURCES_POSTGRES_PASSWORD, or passwordFile here.', '  ')}  postgres: ${flowYaml({ url: postgres.url, ...(postgres.tls && { tls: { enabled: true } }) })}\n`,
    redis === undefined
      ? ''
      : `${comment('Hit rate and memory. The password: MCP_VITALS_SOURCES_REDIS_PASSWORD, or passwordFile here.', '  ')}  redis: ${flowYaml(redis)}\n`,
  ].join('');
  const mapped =
    page !== undefined && metrics?.isTaken === false
      ? `${comment(`${page} has none of our names: map the server's own (sources.scrape.map in docs/configuration.md).`)}# sources: { scrape: { url: ${flowYaml(page)}, map: [] } }\n`
      : '';
  const shared =
    compose && server.over === 'http'
      ? comment(
          'CPU and memory of the server need its process namespace: examples/compose/process-source.yml.',
        )
      : '';
  if (active === '') return mapped + shared === '' ? '' : `\n${mapped}${shared}`;
  return `\nsources:\n${active}${mapped}${shared}`;
}

function stateText({ compose, server }: InitPlan): string {
  if (compose || server.over === 'stdio') return '';
  return `\n${comment('For history that outlives the sidecar: a directory of its own that it may write.')}# state: /var/lib/mcp-vitals\n`;
}

function probesText(plan: InitPlan): string {
  const { server, probes, suggestions, untouched } = plan;
  const own =
    server.over === 'stdio'
      ? comment(
          'Each starts a server of its own: `mcp-vitals probe NAME -c FILE` runs one, `serve` all of them.',
        )
      : '';
  const head = `\n${comment('Calls as a client makes them, every 30 s; docs/probes.md has a recipe for each kind.')}${own}`;
  const off = suggestions.map((each) => suggestionText(each, server)).join('');
  const never = [...new Set(untouched.map(({ why }) => why))]
    .map((why) => {
      const named = untouched.flatMap((each) => (each.why === why ? [each.tool] : [])).slice(0, MOST_NAMED);
      return comment(`Never called, since ${why}: ${named.join(', ')}`, '    ');
    })
    .join('');
  if (probes.length === 0) {
    const example = probeLine({ name: 'handshake', check: { kind: 'handshake', capabilities: [] } }, server);
    return `${head}# probes:\n#   list:\n#     ${example}\n${off}${never}`;
  }
  const on = probes.map((each) => `    ${probeLine(each, server)}\n`).join('');
  return `${head}probes:\n  list:\n${on}${off}${never}`;
}

/** The text of mcp-vitals.yaml; pure. No secret is in it, only where each is read from. */
export const renderInitYaml = (plan: InitPlan): string =>
  [header(plan), addresses(plan), setUpText(plan), sourcesText(plan), stateText(plan), probesText(plan)].join(
    '',
  );
