import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApiPath } from '../../src/status/openapi.ts';
import { createHandClock, type HandClock } from '../commands/detector-stage.ts';
import { eventually } from '../harness/eventually.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';

jest.setTimeout(60_000);

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

const PROBE = JSON.stringify([{ name: 'up.about', kind: 'http', url: '/health', interval: '1h' }]);

let clock: HandClock;
let sidecar: PageSidecar | undefined;
beforeEach(async () => {
  clock = createHandClock(Date.now());
  sidecar = await startPageSidecar(
    ['--probes.list', PROBE, '--server.tier', '2', '--sources.process.pid', String(process.pid)],
    { clock },
  );
});
afterEach(async () => {
  await sidecar?.stop();
  sidecar = undefined;
});

const running = (): PageSidecar => {
  if (sidecar === undefined) throw new Error('test: want a sidecar, got none');
  return sidecar;
};

const get = async (path: string): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(`${running().adminUrl}${path}`);
  return { status: answer.status, body: await answer.json() };
};

async function readDocument(): Promise<Document> {
  const answer = await fetch(`${running().adminUrl}/api/v1/openapi.json`);
  // The test looks at what it is.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await answer.json()) as Document;
}

/** Says in what an answer is not as the document has it. */
function createJudge(document: Document): (path: string, status: number, body: unknown) => readonly string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ ...document, $id: 'document' });
  return (path, status, body) => {
    const place = [
      'paths',
      path,
      'get',
      'responses',
      String(status),
      'content',
      'application/json',
      'schema',
    ];
    const pointer = place
      .map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent);
    const validate = ajv.getSchema(`document#/${pointer.join('/')}`);
    if (validate === undefined) return [`${path}: want a schema for ${status}, got none`];
    if (validate(body) === true) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${path}${instancePath}: ${message}`);
  };
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
  ['/api/v1/probes/{name}', '/api/v1/probes/up.about'],
  ['/api/v1/probes/{name}', '/api/v1/probes/none'],
];

async function allProblems(): Promise<readonly string[]> {
  const judge = createJudge(await readDocument());
  const problems: string[] = [];
  for (const [path, asked] of JSON_PATHS) {
    const { status, body } = await get(asked);
    problems.push(...judge(path, status, body));
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
    expect(described.toSorted()).toEqual(running().adminRoutes.map(openApiPath).toSorted());
  });

  it('has every schema that it refers to, and no other', async () => {
    const document = await readDocument();
    const text = JSON.stringify(document);
    const referred = new Set(
      [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name),
    );
    // What events carry is told in words: OpenAPI has no place for it.
    referred.add('PageUpdate');
    expect([...referred].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  });

  it('holds in an idle sidecar', async () => {
    expect(await allProblems()).toEqual([]);
  });

  it('holds under traffic with hostile names, after hours of history', async () => {
    for (let n = 0; n < 30; n++) await running().call(n % 2 === 0 ? 'search' : '<b>"\u202E\n</script>');
    for (let n = 0; n < 10; n++) {
      clock.pass(15_000);
      await running().page.tick();
    }
    expect(await allProblems()).toEqual([]);
    const { body } = await get('/api/v1/tools');
    expect(body).toMatchObject({ total: { calls: 30 } });
  });

  it('holds with faults, and shows them', async () => {
    for (let n = 0; n < 30; n++) await running().call('bad');
    await running().breakServer();
    for (let n = 0; n < 30; n++) await running().call('search');
    for (let n = 0; n < 20; n++) {
      clock.pass(15_000);
      await running().page.tick();
    }
    await eventually(async () => {
      const { body } = await get('/api/v1/health');
      expect(body).toMatchObject({ verdict: 'bad', readiness: { ready: false } });
      clock.pass(3000);
    });
    expect(await allProblems()).toEqual([]);
  });

  it('refuses an answer that is not as it says', async () => {
    const judge = createJudge(await readDocument());
    const { body } = await get('/api/v1/health');
    expect(judge('/api/v1/health', 200, { ...Object(body), verdict: 'fine', more: 1 })).toHaveLength(2);
  });
});
