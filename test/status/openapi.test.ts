import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApiPath } from '../../src/status/openapi.ts';
import { createHandClock, type HandClock } from '../commands/detector-stage.ts';
import { eventually } from '../harness/eventually.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

const PROBE = JSON.stringify([
  { name: 'up & about', kind: 'http', url: '/health', interval: '1h', expect: { status: [200] } },
]);

let clock: HandClock;
let sidecar: PageSidecar;
beforeEach(async () => {
  clock = createHandClock(Date.now());
  sidecar = await startPageSidecar(
    ['--probes.list', PROBE, '--server.tier', '2', '--sources.process.pid', String(process.pid)],
    { clock },
  );
});
afterEach(async () => {
  await sidecar.stop();
});

const get = async (path: string): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(`${sidecar.adminUrl}${path}`);
  return { status: answer.status, body: await answer.json() };
};

async function readDocument(): Promise<Document> {
  const answer = await fetch(`${sidecar.adminUrl}/api/v1/openapi.json`);
  // The test looks at what it is.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await answer.json()) as Document;
}

/** Problems of an answer with what the document says of it. */
function problemsOf(document: Document, path: string, status: number, body: unknown): readonly string[] {
  const schema = document.paths[path]?.['get']?.responses[status]?.content?.['application/json']?.schema;
  if (schema === undefined) return [`${path}: want a schema for ${status}, got none`];
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const validate = ajv.compile({ ...schema, components: document.components });
  if (validate(body)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${path}${instancePath}: ${message}`);
}

const JSON_PATHS: readonly (readonly [path: string, asked: string])[] = [
  ...[
    'page',
    'server',
    'health',
    'conditions',
    'tools',
    'leaks',
    'headroom',
    'sources',
    'config',
    'recent',
  ].map((name) => [`/api/v1/${name}`, `/api/v1/${name}`] as const),
  ...['status', 'detectors', 'sessions', 'probes', 'series'].map(
    (name) => [`/api/v1/${name}`, `/api/v1/${name}`] as const,
  ),
  ['/api/v1/series', '/api/v1/series?names=request_rate,tool_p99_ms%2Fsearch&from=-1h'],
  ['/api/v1/series', '/api/v1/series?names=request_rate&from=tomorrow'],
  ['/api/v1/probes/{name}', '/api/v1/probes/up%20%26%20about'],
  ['/api/v1/probes/{name}', '/api/v1/probes/none'],
];

async function allProblems(): Promise<readonly string[]> {
  const document = await readDocument();
  const problems: string[] = [];
  for (const [path, asked] of JSON_PATHS) {
    const { status, body } = await get(asked);
    problems.push(...problemsOf(document, path, status, body));
  }
  return problems;
}

describe('the OpenAPI document', () => {
  it('describes every route that there is, and no other', async () => {
    const { openapi, paths } = await readDocument();
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(openapi).toBe('3.1.0');
    expect(described.toSorted()).toEqual(sidecar.adminRoutes.map(openApiPath).toSorted());
  });

  it('has every schema that it refers to, and no other', async () => {
    const document = await readDocument();
    const text = JSON.stringify(document);
    const referred = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    // What events carry is told in words: OpenAPI has no place for it.
    referred.add('PageUpdate');
    expect([...referred].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  });

  it('holds in an idle sidecar', async () => {
    expect(await allProblems()).toEqual([]);
  });

  it('holds under traffic with hostile names, after hours of history', async () => {
    for (let n = 0; n < 30; n++) await sidecar.call(n % 2 === 0 ? 'search' : '<b>"\u202E\n</script>');
    for (let n = 0; n < 10; n++) {
      clock.pass(15_000);
      await sidecar.page.tick();
    }
    expect(await allProblems()).toEqual([]);
    const { body } = await get('/api/v1/tools');
    expect(body).toMatchObject({ total: { calls: 30 } });
  });

  it('holds with faults, and shows them', async () => {
    for (let n = 0; n < 30; n++) await sidecar.call('bad');
    await sidecar.breakServer();
    for (let n = 0; n < 30; n++) await sidecar.call('search');
    for (let n = 0; n < 20; n++) {
      clock.pass(15_000);
      await sidecar.page.tick();
    }
    await eventually(async () => {
      const { body } = await get('/api/v1/health');
      expect(body).toMatchObject({ verdict: 'bad', readiness: { ready: false } });
      clock.pass(3000);
    });
    expect(await allProblems()).toEqual([]);
  });

  it('refuses an answer that is not as it says', async () => {
    const document = await readDocument();
    const { body } = await get('/api/v1/health');
    expect(
      problemsOf(document, '/api/v1/health', 200, { ...Object(body), verdict: 'fine', more: 1 }),
    ).toHaveLength(2);
  });
});
