import { beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parse } from 'yaml';
import { readFile } from 'node:fs/promises';
import { documentHpa } from '../../src/baselines/document-hpa.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { hpaManifest } from '../../src/baselines/hpa-manifest.ts';
import { loadSettings } from '../../src/commands/load-settings.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { podOf, type Container } from './deployment-shape.ts';
import { build, kustomizePath, objectOf, type KubernetesObject } from './kustomization.ts';

const text = z.record(z.string(), z.string());
const configMap = z.looseObject({ data: text });
const withSelector = z.looseObject({ spec: z.looseObject({ selector: text }) });
const withLabelSelector = z.looseObject({
  spec: z.looseObject({ selector: z.looseObject({ matchLabels: text }) }),
});
const podMonitor = z.looseObject({
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: text }),
    podMetricsEndpoints: z.array(
      z.looseObject({ port: z.string(), path: z.string(), honorLabels: z.boolean().optional() }),
    ),
  }),
});
const networkPolicy = z.looseObject({
  spec: z.looseObject({
    podSelector: z.looseObject({ matchLabels: text }),
    ingress: z.array(z.looseObject({ ports: z.array(z.looseObject({ port: z.number() })) })),
  }),
});
const scaledObject = z.looseObject({
  spec: z.looseObject({
    minReplicaCount: z.number(),
    maxReplicaCount: z.number(),
    triggers: z.array(z.looseObject({ type: z.string(), metadata: text })),
    advanced: z.looseObject({ horizontalPodAutoscalerConfig: z.looseObject({ behavior: z.unknown() }) }),
  }),
});

/** Those of the wanted labels that are there, which should be all. */
const shared = (labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(wanted).filter(([name, value]) => labels[name] === value));

/** The values of the environment that stand in the object itself. */
const stated = ({ env }: Container) =>
  Object.fromEntries([...env].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** The configuration that a container gets, as the container would load it. */
async function settingsOf(
  objects: readonly KubernetesObject[],
  deployment: string,
  name: string,
  file: string,
) {
  const pod = podOf(objectOf(objects, 'Deployment', deployment));
  const container = pod.all.find((one) => one.name === name);
  if (container === undefined) throw new Error(`${deployment}: want a container ${name}, got none`);
  const volume = pod.volumes.find(({ configMap: of }) => of !== undefined);
  const { data } = configMap.parse(objectOf(objects, 'ConfigMap', volume?.configMap?.name));
  const yaml = data[file];
  if (yaml === undefined)
    throw new Error(`${file}: want it in the ConfigMap, got ${Object.keys(data).join()}`);
  const { MCP_VITALS_CONFIG: path, ...env } = stated(container);
  return { yaml, path, env, container, pod };
}

describeWith(kustomizePath, 'install kubectl or kustomize')('in a pod', () => {
  let base: readonly KubernetesObject[] = [];
  let operator: readonly KubernetesObject[] = [];
  let autoscaling: readonly KubernetesObject[] = [];
  let keda: readonly KubernetesObject[] = [];
  let detect: readonly KubernetesObject[] = [];
  let own: readonly KubernetesObject[] = [];

  beforeAll(async () => {
    base = await build('kubernetes/base');
    operator = await build('kubernetes/overlays/operator');
    autoscaling = await build('kubernetes/overlays/autoscaling');
    keda = await build('kubernetes/overlays/keda');
    detect = await build('kubernetes/overlays/detect');
    own = await build('test/kubernetes/own-server');
  }, 120_000);

  it('the sidecar is a native one, started before the server', () => {
    const { initContainers } = podOf(objectOf(base, 'Deployment'));
    expect(initContainers.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
      ['mcp-vitals', 'Always'],
    ]);
    expect(initContainers[0]?.startupProbe).toBeDefined();
  });

  it('its environment and configuration load, and say where it listens', async () => {
    const { yaml, path, env } = await settingsOf(base, 'mcp-server', 'mcp-vitals', 'mcp-vitals.yaml');
    expect(path).toBe('/etc/mcp-vitals/mcp-vitals.yaml');
    const loaded = loadSettings({ env, flags: ['--upstream', String(parse(yaml).upstream)] });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    expect(loaded.config.upstream).toMatchObject({ url: new URL('http://127.0.0.1:8000') });
    expect(loaded.config.listen.address).toEqual({ host: '0.0.0.0', port: 8080 });
    expect(loaded.config.admin.address).toEqual({ host: '0.0.0.0', port: 9464 });
    expect(loaded.config.state?.directory).toBe('/var/lib/mcp-vitals');
  });

  it('requests may finish before the pod is killed', async () => {
    const { env, pod } = await settingsOf(base, 'mcp-server', 'mcp-vitals', 'mcp-vitals.yaml');
    const loaded = loadSettings({ env, flags: ['--upstream', 'http://127.0.0.1:8000'] });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    const graceMs = (pod.terminationGracePeriodSeconds ?? 0) * 1000;
    expect(graceMs).toBeGreaterThan(loaded.config.listen.drainTimeoutMs);
  });

  it('a Deployment of one’s own gets it by its label, and nothing else does', () => {
    const mine = podOf(objectOf(own, 'Deployment', 'search'));
    expect(mine.initContainers.map(({ name }) => name).toSorted()).toEqual(['mcp-vitals', 'migrate']);
    const unrelated = podOf(objectOf(own, 'Deployment', 'unrelated'));
    expect(unrelated.initContainers).toEqual([]);
  });

  it('a configuration of one’s own takes the place of ours', async () => {
    const { yaml } = await settingsOf(own, 'search', 'mcp-vitals', 'mcp-vitals.yaml');
    expect(parse(yaml)).toEqual({ upstream: 'http://127.0.0.1:3000', server: { workers: 8 } });
  });

  it('the process source looks into the pod’s process namespace', () => {
    const pod = podOf(objectOf(own, 'Deployment', 'search'));
    expect(pod.shareProcessNamespace).toBe(true);
    const env = pod.initContainers.find(({ name }) => name === 'mcp-vitals')?.env;
    expect(env?.get('MCP_VITALS_SOURCES_PROCESS_PORT')).toBe('8000');
  });

  it('clients reach the sidecar, not the server', () => {
    const { spec } = z
      .looseObject({ spec: z.looseObject({ ports: z.array(z.looseObject({ targetPort: z.number() })) }) })
      .parse(objectOf(base, 'Service'));
    expect(spec.ports.map(({ targetPort }) => targetPort)).toEqual([8080]);
    const { selector } = withSelector.parse(objectOf(base, 'Service')).spec;
    expect(shared(podOf(objectOf(base, 'Deployment')).labels, selector)).toEqual(selector);
  });

  it.each([
    ['the server', () => operator, 'mcp-server'],
    ['detect', () => detect, 'mcp-vitals-detect'],
  ])('what selects the pods of %s selects them, by ports that they have', (_name, objects, name) => {
    const pod = podOf(objectOf(objects(), 'Deployment', name));
    const deployment = withLabelSelector.parse(objectOf(objects(), 'Deployment', name)).spec;
    const monitor = podMonitor.parse(objectOf(objects(), 'PodMonitor')).spec;
    const named = pod.all.flatMap(({ ports }) => ports.map((port) => port.name));
    for (const { port } of monitor.podMetricsEndpoints) expect(named).toContain(port);
    const policy = networkPolicy.parse(objectOf(objects(), 'NetworkPolicy')).spec;
    for (const { matchLabels } of [deployment.selector, monitor.selector, policy.podSelector]) {
      expect(shared(pod.labels, matchLabels)).toEqual(matchLabels);
    }
    const numbers = pod.all.flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort));
    for (const port of policy.ingress.flatMap(({ ports }) => ports)) expect(numbers).toContain(port.port);
  });

  it.each([
    ['the sidecar', () => base, 'mcp-vitals'],
    ['detect', () => detect, 'detect'],
  ])('%s runs without any privilege, on a file system that it cannot write', (_name, objects, name) => {
    const container = podOf(objectOf(objects(), 'Deployment')).all.find((one) => one.name === name);
    expect(container?.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('verdicts of detect keep the labels of the servers that they are about', () => {
    const { podMetricsEndpoints } = podMonitor.parse(objectOf(detect, 'PodMonitor')).spec;
    expect(podMetricsEndpoints.map(({ honorLabels }) => honorLabels)).toEqual([true]);
  });

  it('the configuration of detect loads', async () => {
    const { yaml, container } = await settingsOf(detect, 'mcp-vitals-detect', 'detect', 'detect.yaml');
    expect(container.args).toEqual([
      'detect',
      '--config',
      '/etc/mcp-vitals/detect.yaml',
      '--listen',
      '0.0.0.0:9464',
    ]);
    const file = inRepository('kubernetes', 'overlays', 'detect', 'detect.yaml');
    expect(await readFile(file, 'utf8')).toBe(yaml);
    const loaded = loadSettings({ env: {}, flags: ['--config', file] });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    expect(loaded.config.detect?.queries.length).toBeGreaterThan(0);
  });

  it('every dashboard is there, once, and small enough for an object', () => {
    const dashboards = operator.filter(({ metadata }) => metadata.labels['grafana_dashboard'] === '1');
    expect(dashboards).toHaveLength(10);
    for (const one of dashboards) {
      const [json = ''] = Object.values(configMap.parse(one).data);
      expect(one.metadata.name).toBe(`mcp-dashboard-${String(JSON.parse(json).uid).replace(/^mcp-/, '')}`);
      expect(Buffer.byteLength(json)).toBeLessThan(1_000_000);
    }
  });

  it('the autoscaler is the document’s', () => {
    const expected = hpaManifest({ deployment: 'mcp-server' }, documentHpa(documentTables));
    const { metadata, ...rest } = objectOf(autoscaling, 'HorizontalPodAutoscaler');
    const { metadata: named, ...wanted } = expected;
    expect({ ...rest, name: metadata.name }).toEqual({ ...wanted, name: named.name });
  });

  it('KEDA’s is the same one', () => {
    const { spec } = scaledObject.parse(objectOf(keda, 'ScaledObject'));
    const hpa = hpaManifest({ deployment: 'mcp-server' }, documentHpa(documentTables)).spec;
    expect([spec.minReplicaCount, spec.maxReplicaCount]).toEqual([hpa.minReplicas, hpa.maxReplicas]);
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior).toEqual(hpa.behavior);
    const targets = spec.triggers.map(({ type, metadata }) => [
      type,
      metadata['value'] ?? metadata['threshold'],
    ]);
    expect(targets).toEqual([
      ['cpu', '70'],
      ['memory', '80'],
      ['prometheus', '750'],
    ]);
  });
});
