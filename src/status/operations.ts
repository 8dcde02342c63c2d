import { PAGE_SECTIONS, type PageSection } from '../model/page-model.ts';

/** Names of the schemas of the sections. */
const SECTION_SCHEMAS: Readonly<Record<PageSection, string>> = {
  server: 'PageServer',
  health: 'PageHealth',
  conditions: 'PageConditions',
  tools: 'PageTools',
  sessions: 'PageSessions',
  probes: 'PageProbes',
  leaks: 'PageLeaks',
  headroom: 'PageHeadroom',
  sources: 'PageSources',
  config: 'PageConfig',
  recent: 'PageRecent',
};

/** An operation of the admin server. */
export interface Operation {
  readonly summary: string;
  readonly tag: 'page' | 'probes' | 'series' | 'bench' | 'monitoring' | 'login';
  /** Answers by status: the name of a schema, the media type of a text, or nothing. */
  readonly answers: Readonly<
    Record<number, { readonly schema: string } | { readonly type: string } | { readonly about: string }>
  >;
  readonly parameters?: readonly object[];
  /** Fields of a form that is taken, with what they mean. */
  readonly form?: Readonly<Record<string, string>>;
  /** Name of the schema of a body in JSON that is taken. */
  readonly body?: string;
  /** Whether it is open to everybody. */
  readonly isOpen?: boolean;
}

const json = (schema: string) => ({ schema });
const text = (type: string) => ({ type });
const HTML = text('text/html');
const PLAIN = text('text/plain');
/** What is answered where something is wrong with a request. */
export const ERROR = json('ErrorAnswer');
const SEE_LOGIN = { about: 'To the login, for a browser without one.' };

const parameter = (
  name: string,
  where: 'query' | 'path',
  about: string,
  schema: object = { type: 'string' },
) => ({
  name,
  in: where,
  required: where === 'path',
  description: about,
  schema,
});

const PROBE_NAME = parameter('name', 'path', 'Name of a probe.');

const change = (summary: string): Operation => ({
  summary,
  tag: 'probes',
  parameters: [PROBE_NAME],
  answers: { 200: json('ProbeAnswer'), 403: ERROR, 404: ERROR, 409: ERROR },
});

const section = (name: PageSection): Operation => ({
  summary: `The section \`${name}\` of the page.`,
  tag: 'page',
  answers: { 200: json(SECTION_SCHEMAS[name]) },
});

/** Every operation by method and path, as OpenAPI writes paths. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /': { summary: 'The status page.', tag: 'page', answers: { 200: HTML, 303: SEE_LOGIN } },
  'GET /assets/{hash}/{name}': {
    summary: 'Scripts and styles of the pages.',
    tag: 'page',
    parameters: [
      parameter('hash', 'path', 'Version of all of them.'),
      parameter('name', 'path', 'Name of the file; may hold slashes.'),
    ],
    answers: { 200: { about: 'The file.' }, 404: PLAIN },
    isOpen: true,
  },
  'GET /healthz': {
    summary: 'Whether the sidecar runs.',
    tag: 'monitoring',
    answers: { 200: PLAIN },
    isOpen: true,
  },
  'GET /readyz': {
    summary: 'Whether the server takes connections.',
    tag: 'monitoring',
    answers: { 200: PLAIN, 503: PLAIN },
    isOpen: true,
  },
  'GET /metrics': { summary: 'All metrics, for Prometheus.', tag: 'monitoring', answers: { 200: PLAIN } },
  'GET /login': {
    summary: 'The login for a browser.',
    tag: 'login',
    parameters: [parameter('next', 'query', 'Path of the page to go to afterwards.')],
    answers: { 200: HTML, 303: { about: 'To the page, where no token is set.' } },
    isOpen: true,
  },
  'POST /login': {
    summary: 'Logs a browser in: a cookie stands for the token from then on.',
    tag: 'login',
    form: { token: 'The token of the admin server.', next: 'Path of the page to go to afterwards.' },
    answers: { 303: { about: 'To the page.' }, 401: HTML, 403: HTML, 429: HTML },
    isOpen: true,
  },
  'POST /logout': {
    summary: 'Ends the login of a browser.',
    tag: 'login',
    answers: { 303: { about: 'To the login.' }, 403: ERROR },
    isOpen: true,
  },
  'GET /api/v1/page': {
    summary: 'All that the status page shows.',
    tag: 'page',
    answers: { 200: json('PageModel') },
  },
  ...Object.fromEntries(
    PAGE_SECTIONS.filter((name) => name !== 'sessions' && name !== 'probes').map((name) => [
      `GET /api/v1/${name}`,
      section(name),
    ]),
  ),
  'GET /api/v1/status': {
    summary: 'What the terminal view shows.',
    tag: 'page',
    answers: { 200: json('StatusAnswer') },
  },
  'GET /api/v1/detectors': {
    summary: 'Every verdict of the detectors, with rules and evidence.',
    tag: 'page',
    answers: { 200: json('DetectorsAnswer') },
  },
  'GET /api/v1/sessions': {
    summary: 'What becomes of sessions.',
    tag: 'page',
    answers: { 200: json('SessionsAnswer') },
  },
  'GET /api/v1/series': {
    summary: 'Series over a range of time; without parameters the list of those that there are.',
    tag: 'series',
    parameters: [
      parameter('names', 'query', 'Names, separated by commas or repeated; at most 50.'),
      parameter(
        'from',
        'query',
        'Unix time in milliseconds, `now`, or a while ago such as `-6h`; default `-1h`.',
      ),
      parameter('to', 'query', 'The same; default `now`.'),
      parameter(
        'step',
        'query',
        'Milliseconds or a duration such as `1m`, rounded up to a multiple of 15 s.',
      ),
    ],
    answers: { 200: json('SeriesAnswer | SeriesList'), 400: ERROR },
  },
  'GET /api/v1/bench': {
    summary: 'The last load test of each profile.',
    tag: 'bench',
    answers: { 200: json('LastBench') },
  },
  'POST /api/v1/bench': {
    summary: 'Takes what `mcp-vitals bench --push` measured.',
    tag: 'bench',
    body: 'BenchPush',
    answers: { 200: json('LastBench'), 400: ERROR, 403: ERROR, 413: ERROR, 415: ERROR },
  },
  'GET /api/v1/events': {
    summary:
      'Server-sent events: first `snapshot` (a PageModel), then `update` (a PageUpdate) as sections change.',
    tag: 'page',
    answers: { 200: text('text/event-stream'), 503: ERROR },
  },
  'GET /api/v1/openapi.json': {
    summary: 'This description.',
    tag: 'monitoring',
    answers: { 200: { about: 'An OpenAPI document.' } },
  },
  'GET /probes': {
    summary: 'The probes as a page.',
    tag: 'probes',
    answers: { 200: HTML, 303: SEE_LOGIN },
  },
  'GET /probes/{name}': {
    summary: 'A probe as a page, with its transcripts.',
    tag: 'probes',
    parameters: [PROBE_NAME],
    answers: { 200: HTML, 303: SEE_LOGIN, 404: ERROR },
  },
  'GET /runbooks': {
    summary: 'The alerts that ship, as a page.',
    tag: 'page',
    answers: { 200: HTML, 303: SEE_LOGIN },
  },
  'GET /runbooks/{alert}': {
    summary: 'What to do about an alert, as a page.',
    tag: 'page',
    parameters: [parameter('alert', 'path', 'Name of an alert that ships, e.g. `McpErrorRatioHigh`.')],
    answers: { 200: HTML, 303: SEE_LOGIN, 404: HTML },
  },
  'GET /api/v1/probes': {
    summary: 'Every probe.',
    tag: 'probes',
    answers: { 200: json('ProbesAnswer') },
  },
  'GET /api/v1/probes/{name}': {
    summary: 'All that is kept of a probe, with its transcripts.',
    tag: 'probes',
    parameters: [PROBE_NAME],
    answers: { 200: json('ProbeAnswer'), 404: ERROR },
  },
  'POST /api/v1/probes/{name}/enable': change('Lets a probe run again.'),
  'POST /api/v1/probes/{name}/disable': change('Lets a probe rest.'),
  'POST /api/v1/probes/{name}/accept': change('Records the list of tools that a probe saw last.'),
  'GET /probe': {
    summary: "Probes a target once, in the manner of Prometheus' blackbox exporter.",
    tag: 'probes',
    parameters: [
      parameter('target', 'query', 'URL of the server.'),
      parameter('module', 'query', 'Kind or name of the probe; default `handshake`.'),
      parameter('debug', 'query', '`true`: the transcript instead of metrics.'),
    ],
    answers: { 200: PLAIN, 400: ERROR, 403: ERROR, 404: ERROR, 503: ERROR },
  },
};
