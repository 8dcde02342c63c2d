/** A command as the usage text names it. */
interface CommandUsage {
  readonly synopsis: string;
  readonly summary: string;
  readonly details: string;
}

const configFlags = `Settings (every one of them: docs/configuration.md):
  -c, --config FILE          YAML file with settings (MCP_VITALS_CONFIG)
      --upstream URL         origin of the MCP server (MCP_VITALS_UPSTREAM)
      --listen HOST:PORT     where traffic is taken, 127.0.0.1:8080 (MCP_VITALS_LISTEN)
      --admin HOST:PORT      where /metrics is served, 127.0.0.1:9464 (MCP_VITALS_ADMIN)
      --SECTION.NAME VALUE   any other setting, e.g. --upstream.connect-timeout 3s
`;

/** Every command with its usage, in the order of the help. */
export const usages = {
  serve: {
    synopsis: 'serve --upstream URL [settings]',
    summary: 'stand before an MCP server over HTTP, forward its traffic and measure it',
    details: `SIGTERM lets requests finish within listen.drainTimeout; SIGHUP reads the configuration again.

${configFlags}`,
  },
  stdio: {
    synopsis: 'stdio [settings] -- COMMAND [ARGUMENTS]',
    summary: 'run an MCP server over stdio, pass its traffic through and measure it',
    details: `Put it into a client's configuration in place of the server's own command.

${configFlags}`,
  },
  demo: {
    synopsis: 'demo [--for DURATION] [--rate NUMBER] [settings]',
    summary: 'measure an embedded MCP server under traffic of its own clients',
    details: `      --for DURATION         end after this time with a summary, e.g. 30s
      --rate NUMBER          calls a second

${configFlags}`,
  },
  check: {
    synopsis: 'check [FILE] [settings]',
    summary: 'print every problem of a configuration, or the configuration in force',
    details: `Exit code 0 without a problem, else 2. Secrets are never printed.

${configFlags}`,
  },
  baseline: {
    synopsis: 'baseline print|expect [settings]',
    summary: 'print the figures that a server is held against, or what to expect of its set-up',
    details: `print      every table in force as YAML: the built-in ones, or those of --baseline FILE
expect     throughput, latency, CPU and memory to expect of --server.workers, --server.tier and so on,
           each with the tables it came from

${configFlags}`,
  },
  rules: {
    synopsis: 'rules --out DIR [--runbooks URL] [--dashboard URL]',
    summary: 'write the Prometheus rules, alerts and the Alertmanager configuration',
    details: `      --out DIR              where they are written
      --runbooks URL         where docs/runbooks is served, for the links in the alerts
      --dashboard URL        the server dashboard, for the links in the alerts
`,
  },
  generate: {
    synopsis: 'generate [--check]',
    summary: 'write the files that are generated from the code',
    details: `      --check                write nothing, list the files that differ, exit code 1 if any does
`,
  },
} as const satisfies Readonly<Record<string, CommandUsage>>;

/** The name of a command. */
export type CommandName = keyof typeof usages;

/** True for the name of a command. */
export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(usages, name);
}

/** The usage text of one command, or of the program. */
export function usageText(command?: CommandName): string {
  if (command !== undefined) {
    const { synopsis, summary, details } = usages[command];
    return `mcp-vitals ${synopsis}\n\n${summary}\n\n${details}`;
  }
  const list = Object.entries(usages).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return `mcp-vitals measures Model Context Protocol servers from beside them.

Usage: mcp-vitals COMMAND [...]

Commands:
${list.join('\n')}
  help      print this, or with the name of a command its usage

Options:
  --help, -h      print the usage, also after a command
  --version, -v   print the version

${configFlags}
Exit codes: 0 done, 1 a finding or a failure, 2 wrong use or a broken configuration.
`;
}
