import type { InitPlan } from './init-plan.ts';

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A client's configuration that starts a stdio server behind the sidecar; a path in it must be absolute. */
export function clientSnippet({ server, name }: InitPlan, configPath: string): string {
  const command = server.over === 'stdio' ? server.command : [];
  // A server's name comes with its version.
  const key = (name ?? 'server').split(' ')[0]?.replaceAll(/[^\w.-]+/g, '-') ?? 'server';
  const args = ['mcp-vitals', 'stdio', '-c', configPath, '--', ...command];
  return `${JSON.stringify({ mcpServers: { [key]: { command: 'npx', args } } }, null, 2)}\n`;
}

function ofStdio(plan: InitPlan, file: string, command: readonly string[]): string {
  const [probe] = plan.probes;
  return [
    'Next:',
    `  mcp-vitals check ${quoted(file)}`,
    `  mcp-vitals stdio -c ${quoted(file)} -- ${command.map(quoted).join(' ')}`,
    ...(probe === undefined ? [] : [`  mcp-vitals probe ${quoted(probe.name)} -c ${quoted(file)}`]),
    "Put mcp-client.json into your client's configuration in place of the server's own command;",
    'while the client runs, the page is at http://127.0.0.1:9464/',
    '',
  ].join('\n');
}

function ofCompose(inProject: boolean, path: string): string {
  return [
    'Next:',
    ...(inProject
      ? []
      : ["  put docker-compose.yml, with the folders beside it, from mcp-vitals' repository here"]),
    '  docker compose config --quiet && docker compose up -d',
    `Give http://localhost:8080${path} to the clients in place of the server's address.`,
    'The page: http://localhost:9464/   Grafana: http://localhost:3000/',
    '',
  ].join('\n');
}

/** The commands to run next; pure. */
export function nextSteps(plan: InitPlan, file: string, inProject: boolean): string {
  const { server, compose, listen = '127.0.0.1:8080', admin = '127.0.0.1:9464' } = plan;
  if (server.over === 'stdio') return ofStdio(plan, file, server.command);
  if (compose) return ofCompose(inProject, server.path);
  return [
    'Next:',
    `  mcp-vitals check ${quoted(file)}`,
    `  mcp-vitals serve -c ${quoted(file)}`,
    `Give http://${listen}${server.path} to the clients in place of ${server.origin}${server.path}.`,
    `The page: http://${admin}/`,
    'For Prometheus:',
    '  scrape_configs:',
    `    - { job_name: mcp-vitals, static_configs: [{ targets: ['${admin}'] }] }`,
    '',
  ].join('\n');
}
