import { DEMO_BREAKS } from '../demo/demo-breaks.ts';

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

const demoBreaks = Object.entries(DEMO_BREAKS)
  .map(([name, { about }]) => `${' '.repeat(29)}${name.padEnd(10)}${about}\n`)
  .join('');

/** Every command with its usage, in the order of the help. */
export const usages = {
  init: {
    synopsis: 'init [--upstream URL | -- COMMAND [ARGUMENTS]] [options]',
    summary: 'look at an MCP server, write a configuration with probes for it, say what to do next',
    details: `In a terminal it asks for what no option says; elsewhere it takes the defaults.

      --upstream URL         address of the server, with the path of its endpoint where that is unusual
      -- COMMAND             a stdio server in its place
      --yes, -y              ask nothing
      --out DIR|FILE         where mcp-vitals.yaml is written (.)
      --force                replace files that are there and differ
      --compose              write mcp-vitals/mcp-vitals.yaml and docker-compose.override.yml for docker-compose.yml
      --no-compose
      --offline              ask nothing of the server and write a plain configuration

      --bearer-env NAME      variable with the server's bearer token, or
      --bearer-file FILE     file with it; the token itself is never written
      --no-probe-tools       call no tool; without it those that only read are called, each once, and probed if that
                             went well, with arguments that their schemas give
      --vcpus NUMBER, --memory SIZE
                             what the server runs on, if not this machine
      --tier NUMBER          its tier, if not the one of that machine
      --database-url URL     PostgreSQL and
      --redis-url URL        Redis behind the server, to be read; a password in them is left out

Exit code 0 written, 1 no server found or a file that is there already, 2 wrong use. docs/getting-started.md shows it.
`,
  },
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
  probe: {
    synopsis: 'probe NAME|URL [--module NAME] [--tool NAME [--arguments JSON]] [--json] [settings]',
    summary: 'call a server once as a client would, and print what happened',
    details: `      NAME                   a probe of the configuration
      URL                    an MCP endpoint such as http://127.0.0.1:8000/mcp: a handshake, or with
      --module NAME          a module of the configuration, or with
      --tool NAME            a call of this tool, with
      --arguments JSON       these arguments
      --accept               record the list of tools that was seen in the probe's snapshotFile
      --json                 print the result as JSON

Exit code 0 up, 1 down, 3 degraded (it took a retry), 2 wrong use. Secrets are masked in what is printed.

${configFlags}`,
  },
  demo: {
    synopsis:
      'demo [--for DURATION] [--rate NUMBER] [--break WHAT] [settings] | --serve ADDRESS | --clients URL',
    summary: 'measure an embedded MCP server under traffic of its own clients',
    details: `      --for DURATION         end after this time with a summary, e.g. 30s
      --rate NUMBER          calls a second
      --break WHAT           what is broken on purpose, separated by commas:
${demoBreaks}
Parts of it alone, for containers that stand beside a sidecar; of the above they take --rate and --break:
      --serve HOST:PORT      the MCP server with its database, at /mcp
      --clients URL          clients that call the MCP server at this URL

${configFlags}`,
  },
  detect: {
    synopsis: 'detect [--prometheus URL | --csv FILE | --serve] [options] [settings]',
    summary: 'find leaks and drift in series of a Prometheus or of a file, with the evidence',
    details: `What is looked at:
      --prometheus URL       server with the HTTP API of Prometheus (detect.url)
      --detector NAME        series of sidecars: memory, connections, sessions, open_files, threads,
                             bytes_per_session, latency or throughput
      --selector MATCHERS    which of them, e.g. 'job="mcp"'
      --query PROMQL         any series instead
      --profile NAME         how they are judged: memory (the default), connections, latency, throughput
      --unit UNIT            bytes, seconds, count, ratio or per_second, if not the profile's
      --limit AMOUNT         their limit, e.g. 4GiB, 500ms or 200
      --limit-query PROMQL   or series of it
      --load-query PROMQL    what growth may go with, e.g. requests a second
      --start-query PROMQL   start times of the processes in Unix seconds, or counters of their restarts
      --on LABELS            labels to join these by, e.g. job,instance; default: those that both have
      --from TIME, --to TIME now, how long ago (7d, 90m), Unix seconds or ISO 8601; default: the last 7 days
      --step DURATION        between samples, at most 5m; default 1m
      --csv FILE             one series from a file (- for the standard input) with the header
                             time,value[,load][,started][,limit]
      Without --detector and --query the configuration says what (detect.queries).

What is shown:
      --explain[=N]          draw the evidence of the N worst (5)
      --json                 everything as JSON
      --fail-on STATE        exit code 1 for a verdict of watch, ticket, urgent or page, or worse

As a service over a fleet:
      --serve                ask for what is new every 15 minutes and export the verdicts on /metrics
      --listen HOST:PORT     the same, served there (--admin)
      --shard N/M            follow one part of the series in M
      --max-series N         follow at most so many
      --interval DURATION    other than every 15 minutes

A password or token comes from MCP_VITALS_DETECT_PASSWORD or MCP_VITALS_DETECT_TOKEN, or from files that
detect.passwordFile and detect.tokenFile name; certificates from detect.tls. All settings: docs/configuration.md.
`,
  },
  bench: {
    synopsis: 'bench [URL ...|PROBE|--demo] [options] [settings] [-- COMMAND]',
    summary: 'put an MCP server under load and report what it stands',
    details: `What is loaded (without any of them the embedded demo server):
      URL                    an endpoint such as http://127.0.0.1:8000/mcp; several for --profile scaling
      PROBE                  the server of a configured probe, with its credentials
      -- COMMAND             a server over stdio, started for it
      --yes-i-own-this-server  needed for an address that is neither loopback nor private

How:
      --profile NAME|FILE    a profile (light; --list shows them) or a YAML file with one of your own
      --rate N --for TIME    N requests a second for so long (open loop), or without --rate
      --requests N           N requests, or --for TIME, as fast as the users can (closed loop)
      --users N              users, each with a session of its own
      --time-scale N         times of the profile by so much, e.g. 0.01
      --runs N               so many runs, to tell change from noise
      --warm-up TIME         what is discarded at the beginning (10s)
      --timeout TIME         how long an answer may take (30s)
      --think-time TIME      pause between an answer and the next request (closed loop)
      --sessions WHAT        per_user, or per_request: each call opens and ends one
      --era ERA              auto, legacy or modern

What is called (tools by the classes of the profile's mix, destructive ones only if named):
      --tools A,B            these only; --exclude A,B all but these
      --arguments FILE       YAML or JSON: tool to arguments, or to a list to draw from; else they are
                             made up from the input schema, the same ones for the same --seed N
      --bearer-env NAME      a token from a variable, or --bearer-file FILE from a file
      --header 'NAME: VALUE' a further header, again and again

When it ends, apart from Ctrl-C (report of what there is; twice: at once):
      --abort-errors SHARE   more errors than that in the last 10 s, e.g. 0.5
      --abort-p99 TIME       a P99 above that in the last 10 s
      --max-duration TIME    cap (25h); --max-rate N requests/s (10000); --max-in-flight N at once (2000)
      --honor-retry-after    users wait as long as the server asks them to
      --pid N                process of the server, for its CPU and memory (else the owner of a local port)

What becomes of it (the table goes to stdout, progress to stderr):
      --json, --markdown     instead of the table
      --output FILE          as well, by its ending: .json, .md or .txt
      --compare FILE         hold it against an earlier report (JSON)
      --fail-on CONDITION    exit code 1 if it holds, e.g. 'p99>1.2x', 'errors>1%' or 'p99>300ms'
      --save-baseline FILE   write a baseline for --baseline; --force over an existing file
      --push URL             hand the summary to a running sidecar's admin server

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
  plan: {
    synopsis: 'plan --rps NUMBER | --from-prometheus URL [options] [settings]',
    summary: 'size a deployment for a demand, and print or rehearse its autoscaler',
    details: `What it must carry:
      --rps NUMBER           requests per second at the peak
      --users NUMBER         users, or sessions, at the same time
      --p99 DURATION         P99 that must not be exceeded, e.g. 300ms
      --request-size SIZE    of a request and
      --response-size SIZE   of an answer on average, e.g. 2KB and 5KB (the defaults)
      --error-budget SHARE   of the requests that may fail, e.g. 0.1%
      --headroom SHARE       of the capacity that stays free at the peak; default: what the document's
                             autoscaler leaves, 12%
      --tier NUMBER          take machines of this tier only
      --max-connections N    that the database takes (100)

From the traffic of the past instead of --rps, --users and sizes:
      --from-prometheus URL  server with the HTTP API of Prometheus that has series of sidecars (detect.url)
      --selector MATCHERS    which of them, e.g. 'job="mcp"'; else all together
      --over SPAN            that ends now (7d)
      --take peak|p99        the highest rate of a minute (the default), or the one that 99 % do not exceed

What is printed:
      --hpa                  the HorizontalPodAutoscaler (autoscaling/v2) for the plan
      --deployment NAME      of what it scales (mcp-server), and its
      --namespace NAME
      --simulate             that autoscaler while the demand comes up; without a demand the document's own
                             test, beside its time line
      --ramp DURATION        how long the load rises (30m)
      --cpu timeline|baseline  which table the CPU is from
      --json                 everything as JSON

Exit code 0 with a plan, 1 without one, 2 wrong use. Figures of your own: --baseline FILE. A password or token comes
from MCP_VITALS_DETECT_PASSWORD or MCP_VITALS_DETECT_TOKEN, certificates from detect.tls. What the figures mean and
how far they can be trusted: docs/capacity.md.
`,
  },
  rules: {
    synopsis: 'rules --out DIR [--runbooks URL] [--grafana URL]',
    summary: 'write the Prometheus rules, alerts, dashboards and the Alertmanager configuration',
    details: `      --out DIR              where they are written
      --runbooks URL         where docs/runbooks is served, for the links in alerts and dashboards
      --grafana URL          where Grafana is served, for the links in the alerts
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
