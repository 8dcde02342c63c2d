import { z } from 'zod';
import { compile } from 'json-p3';
import { TOOL_CHANGES } from '../model/probe.ts';
import { section } from './tls-section.ts';
import * as value from './value-types.ts';

const probeName = () =>
  value.text('a name of at most 63 letters, digits, _, - or .', /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/);
const mcpName = (what: string) => value.text(`the name of a ${what}`, /^[^\p{Cc}]{1,200}$/u);
const headerName = () => value.text('the name of a header', /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/);
const list = <Item extends z.ZodType>(item: Item, wanted: string, most = 100) =>
  z.array(item, { error: wanted }).max(most, { error: `at most ${most} entries` });

const jsonPath = () =>
  z.string({ error: 'a JSON path such as $.content[0].text' }).refine(
    (text) => {
      try {
        compile(text);
        return true;
      } catch {
        return false;
      }
    },
    { error: 'a JSON path such as $.content[0].text' },
  );

const secretSource = section(
  {
    file: value.filePath().optional(),
    env: value.text('the name of a variable', /^[A-Za-z_][A-Za-z0-9_]*$/).optional(),
  },
  'a mapping with file or env',
).refine(({ file, env }) => (file === undefined) !== (env === undefined), {
  error: 'a mapping with either file or env',
});

const credentials = section(
  {
    bearer: secretSource.optional(),
    basic: section(
      { username: value.text('a name without a colon', /^[^\p{Cc}:]{1,200}$/u), password: secretSource },
      'a mapping with username and password',
    ).optional(),
    headers: z
      .record(headerName(), secretSource, { error: 'a mapping of header names to file or env' })
      .optional(),
    env: z
      .record(value.text('the name of a variable', /^[A-Za-z_][A-Za-z0-9_]*$/), secretSource, {
        error: 'a mapping of variables to file or env',
      })
      .optional(),
    oauth: section(
      {
        issuer: value.httpUrl(),
        clientId: value.text('a client id', /^[^\p{Cc}]{1,500}$/u),
        clientSecret: secretSource,
        scope: value.text('scopes, separated by spaces', /^[\x21-\x7e]+( [\x21-\x7e]+)*$/).optional(),
      },
      'a mapping with issuer, clientId, clientSecret and scope',
    ).optional(),
  },
  'a mapping with bearer, basic, oauth, headers or env',
).refine(
  ({ bearer, basic, oauth }) => [bearer, basic, oauth].filter((each) => each !== undefined).length < 2,
  {
    error: 'one of bearer, basic and oauth',
  },
);

const tls = section(
  {
    caFile: value.filePath().optional(),
    certFile: value.filePath().optional(),
    keyFile: value.filePath().optional(),
    serverName: value.text('a host name', /^[A-Za-z0-9._-]+$/).optional(),
    verify: value.toggle().prefault(true),
  },
  'a mapping with caFile, certFile, keyFile, serverName and verify',
).refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
  error: 'certFile and keyFile together',
});

const size = () => value.size({ bytes: 0, text: '0B' }, { bytes: 64 * 1024 ** 2, text: '64MiB' });

const jsonAssertion = section(
  {
    path: jsonPath(),
    equals: z.unknown().optional(),
    matches: value.expression().optional(),
    exists: value.toggle().optional(),
  },
  'a mapping with path and equals, matches or exists',
);

/** What every answer can be held against; a tool's result further down against more. */
const expectShape = {
  json: list(jsonAssertion, 'a list of mappings').optional(),
  matches: value.expression().optional(),
  notMatches: value.expression().optional(),
  minBytes: size().optional(),
  maxBytes: size().optional(),
  maxDuration: value.duration().optional(),
};
const expectation = () =>
  section(
    expectShape,
    'a mapping with json, matches, notMatches, minBytes, maxBytes and maxDuration',
  ).prefault({});
const toolExpectation = () =>
  section(
    { ...expectShape, isError: value.toggle().optional(), outputSchema: value.toggle().optional() },
    'a mapping with isError, outputSchema, json, matches, notMatches, minBytes, maxBytes and maxDuration',
  ).prefault({});

const toolArguments = () =>
  z.record(z.string(), z.unknown(), { error: 'a mapping of arguments' }).prefault({});
const promptArguments = () =>
  z.record(z.string(), z.string({ error: 'a text' }), { error: 'a mapping of texts' }).prefault({});

const step = section(
  {
    tool: mcpName('tool').optional(),
    resource: value.text('the URI of a resource', /^\S{1,2000}$/).optional(),
    prompt: mcpName('prompt').optional(),
    list: value.choice(['tools', 'resources', 'prompts']).optional(),
    arguments: toolArguments(),
    expect: toolExpectation(),
    capture: z
      .record(value.text('a name of letters, digits and _', /^[A-Za-z_]\w{0,62}$/), jsonPath(), {
        error: 'a mapping of names to JSON paths',
      })
      .prefault({}),
  },
  'a mapping with tool, resource, prompt or list',
).refine(
  (each) =>
    [each.tool, each.resource, each.prompt, each.list].filter((what) => what !== undefined).length === 1,
  { error: 'a mapping with one of tool, resource, prompt and list' },
);

/** What a probe of each kind looks at. */
const kindShapes = {
  handshake: {
    protocolVersion: value.text('a version such as 2025-11-25', /^\d{4}-\d\d-\d\d$/).optional(),
    capabilities: list(mcpName('capability'), 'a list of capabilities').prefault([]),
    serverName: value.expression().optional(),
  },
  tools: {
    failOn: list(value.choice(TOOL_CHANGES), `a list of ${TOOL_CHANGES.join(', ')}`).prefault([
      ...TOOL_CHANGES,
    ]),
    require: list(mcpName('tool'), 'a list of tools').prefault([]),
    snapshotFile: value.filePath().optional(),
  },
  tool: { tool: mcpName('tool'), arguments: toolArguments(), expect: toolExpectation() },
  resource: { uri: value.text('the URI of a resource', /^\S{1,2000}$/), expect: expectation() },
  prompt: { prompt: mcpName('prompt'), arguments: promptArguments(), expect: expectation() },
  sequence: { steps: list(step, 'a list of steps', 50).min(1, { error: 'at least one step' }) },
  http: {
    method: value.choice(['GET', 'HEAD', 'POST']).prefault('GET'),
    body: z.string({ error: 'a text' }).optional(),
    status: list(value.count(100, 599), 'a list of status codes').prefault([]),
    expect: expectation(),
  },
  stdio: { steps: list(step, 'a list of steps', 50).prefault([]) },
} as const;

/** Who a target is told the probe is, and how it is reached. */
const targetShape = {
  era: value.choice(['auto', 'legacy', 'modern']).prefault('auto'),
  transport: value.choice(['streamable', 'sse']).prefault('streamable'),
  credentials: credentials.optional(),
  tls: tls.optional(),
  headers: z
    .record(headerName(), value.text('a header value', /^[\t\x20-\x7e]{0,2000}$/), {
      error: 'a mapping of header names to values',
    })
    .prefault({}),
  timeout: value.duration().optional(),
  retries: value.count(0, 10).optional(),
};

const placeShape = {
  url: value.probeUrl().optional(),
  command: list(z.string({ error: 'a text' }), 'a list of the program and its arguments')
    .min(1, { error: 'a program' })
    .optional(),
  cwd: value.filePath().optional(),
  env: z.record(z.string(), z.string({ error: 'a text' }), { error: 'a mapping of variables' }).prefault({}),
};

/** When a probe runs. */
const scheduleShape = {
  interval: value.probeInterval().optional(),
  cron: value.cronExpression().optional(),
  timeZone: value.timeZone().optional(),
  jitter: value.durationOrZero().optional(),
  failureThreshold: value.count(1, 100).optional(),
  successThreshold: value.count(1, 100).optional(),
  enabled: value.toggle().prefault(true),
};

const kindNames = Object.keys(kindShapes).join(', ');
const kindWanted = `a mapping with kind: ${kindNames}`;

function byKind<Shared extends z.core.$ZodLooseShape>(shared: Shared) {
  const kind = <Kind extends keyof typeof kindShapes>(name: Kind) =>
    section({ kind: z.literal(name), ...shared, ...kindShapes[name] }, kindWanted);
  return z.discriminatedUnion(
    'kind',
    [
      kind('handshake'),
      kind('tools'),
      kind('tool'),
      kind('resource'),
      kind('prompt'),
      kind('sequence'),
      kind('http'),
      kind('stdio'),
    ],
    { error: (issue) => (issue.code === 'invalid_union' ? `one of ${kindNames}` : kindWanted) },
  );
}

/** A probe that runs by itself. */
export const probeEntry = byKind({ name: probeName(), ...placeShape, ...targetShape, ...scheduleShape });

/** A probe without a place, for targets that are named from outside. */
export const moduleEntry = byKind({ name: probeName(), ...targetShape });

const keysOf = (shape: object): readonly string[] => Object.keys(shape);

/** Every key that an entry of some kind may have. */
export const probeEntryKeys: readonly string[] = [
  ...new Set([
    'name',
    'kind',
    ...keysOf(placeShape),
    ...keysOf(targetShape),
    ...keysOf(scheduleShape),
    ...Object.values(kindShapes).flatMap(keysOf),
    ...keysOf(step.shape),
    ...keysOf(expectShape),
    ...keysOf(credentials.shape),
    ...keysOf(tls.shape),
    ...keysOf(jsonAssertion.shape),
  ]),
];

/** A time in which probes rest. */
export const maintenanceEntry = section(
  {
    cron: value.cronExpression().optional(),
    duration: value.duration().optional(),
    timeZone: value.timeZone().optional(),
    from: value.instant().optional(),
    to: value.instant().optional(),
    probes: list(probeName(), 'a list of names of probes').prefault([]),
  },
  'a mapping with cron and duration, or from and to',
);
