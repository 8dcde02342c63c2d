/**
 * A receiver for Alertmanager that writes a line for each alert: what the bundle has until it has yours. It is told
 * at `/page`, `/ticket` and `/watchdog`, by Alertmanager's webhook messages (version 4). Runs on Node alone.
 */
import { createServer } from 'node:http';

/** Longest message that is read, in characters; Alertmanager's are a few KB for each alert. */
const MAX_LENGTH = 4 * 1024 * 1024;
const port = Number(process.env['PORT'] ?? 8080);

type Texts = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Texts => typeof value === 'object' && value !== null;
const textsOf = (value: unknown): Texts => (isObject(value) ? value : {});
/** On one line, without what a terminal would obey. */
const text = (value: unknown): string =>
  (typeof value === 'string' ? value : '').replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();

function line(receiver: string, alert: unknown): string {
  const { status, labels, annotations } = textsOf(alert);
  const { alertname, instance } = textsOf(labels);
  const { summary, description, runbook_url: runbook } = textsOf(annotations);
  const head = [
    new Date().toISOString(),
    receiver.toUpperCase(),
    text(status),
    text(alertname),
    text(instance),
  ];
  const body = text(status) === 'resolved' ? [summary] : [summary, description, runbook];
  return `${head.filter(Boolean).join(' ')}: ${body.map(text).filter(Boolean).join(' ')}\n`;
}

function linesOf(path: string, body: string): readonly string[] {
  const message: unknown = JSON.parse(body);
  const alerts = textsOf(message)['alerts'];
  if (!Array.isArray(alerts)) throw new Error('want a message with alerts, got none');
  return alerts.map((alert: unknown) => line(path.slice(1), alert));
}

let lastHeartbeat: string | undefined;

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.end(`last heartbeat of the watchdog: ${lastHeartbeat ?? 'none yet'}\n`);
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
    if (body.length > MAX_LENGTH) request.destroy();
  });
  request.on('end', () => {
    const path = text(request.url);
    try {
      const lines = linesOf(path, body);
      // Alertmanager sends it every few minutes for as long as all is well: one line would hide the others.
      if (path === '/watchdog') lastHeartbeat = new Date().toISOString();
      else process.stdout.write(lines.join(''));
      response.end('ok\n');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      process.stdout.write(`alert-log: ${path}: ${text(reason)}\n`);
      response.writeHead(400).end('want a message of Alertmanager\n');
    }
  });
});

server.listen(port, () => process.stdout.write('alert-log: alerts will be listed here\n'));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
