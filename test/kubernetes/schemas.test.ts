import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';
import { build, buildText, kustomizePath, type KubernetesObject } from './kustomization.ts';

const VALIDATE = inRepository('.cache', 'venv', 'bin', 'kubernetes-validate');
const kustomizations = [
  'kubernetes/base',
  'kubernetes/overlays/operator',
  'kubernetes/overlays/autoscaling',
  'kubernetes/overlays/keda',
  'kubernetes/overlays/detect',
  'test/kubernetes/own-server',
];
/** Kinds that Kubernetes knows only where their operator is installed, with the schema that it brings. */
const customKinds: Readonly<Record<string, string>> = {
  PodMonitor: 'podmonitor.json',
  PrometheusRule: 'prometheusrule.json',
  ScaledObject: 'scaledobject.json',
};

describeWith(kustomizePath, 'install kubectl or kustomize')('kustomizations', () => {
  let folder = '';
  const built = new Map<string, readonly KubernetesObject[]>();
  const validators = new Map<string, ValidateFunction>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-kubernetes-'));
    for (const path of kustomizations) {
      built.set(path, await build(path));
      await writeFile(join(folder, `${path.replaceAll('/', '-')}.yaml`), await buildText(path));
    }
    const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
    for (const [kind, file] of Object.entries(customKinds)) {
      const text = await readFile(join(import.meta.dirname, 'crds', file), 'utf8');
      validators.set(kind, ajv.compile(JSON.parse(text)));
    }
  }, 120_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Problems of files by the schemas that one version of Kubernetes has itself. */
  async function builtInProblems(files: readonly string[], version: string): Promise<string> {
    const args = [
      '--strict',
      '--no-warn',
      '--quiet',
      '-k',
      version,
      ...files.map((file) => join(folder, file)),
    ];
    const { code, stdout, stderr } = await runProcess({ command: VALIDATE, args });
    return code === 0 ? '' : `${stdout}${stderr}`;
  }

  function customProblems(object: KubernetesObject): string[] {
    const validate = validators.get(object.kind);
    if (validate === undefined) return [];
    validate(object);
    const errors = validate.errors ?? [];
    return errors.map(({ instancePath, message = '' }) => `${object.kind}${instancePath}: ${message}`);
  }

  describeWith(VALIDATE, 'install kubernetes-validate into .cache/venv')('by the API of Kubernetes', () => {
    it.each(['1.33', '1.37'])(
      'all are valid for %s',
      async (version) => {
        const files = (await readdir(folder)).filter((file) => !file.startsWith('broken'));
        expect(files).toHaveLength(kustomizations.length);
        expect(await builtInProblems(files, version)).toBe('');
      },
      120_000,
    );

    it('a misspelt field is found', async () => {
      const text = await readFile(join(folder, 'kubernetes-base.yaml'), 'utf8');
      await writeFile(join(folder, 'broken.yaml'), text.replace('readinessProbe:', 'readynessProbe:'));
      expect(await builtInProblems(['broken.yaml'], '1.37')).toContain('readynessProbe');
    }, 60_000);
  });

  it.each(kustomizations)('%s is valid by the schemas of the operators', (path) => {
    expect(built.get(path)?.flatMap(customProblems)).toEqual([]);
  });

  it('a misspelt field of an operator is found', () => {
    const monitor = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'x', labels: {} },
      spec: { selector: {}, podMetricEndpoints: [] },
    };
    expect(customProblems(monitor).join('\n')).toContain('must NOT have additional properties');
  });

  it('every kind is one that is checked', () => {
    const kinds = new Set([...built.values()].flat().map(({ kind }) => kind));
    const builtIn = ['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'Service'];
    expect([...kinds].toSorted()).toEqual(
      [...builtIn, 'ServiceAccount', ...Object.keys(customKinds)].toSorted(),
    );
  });
});
