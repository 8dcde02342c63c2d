import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { inRepository } from '../harness/repository.ts';
import { runProcess } from '../harness/start-process.ts';

/** An object of Kubernetes; its parts are read by the schemas of those who need them. */
const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
});

/** An object of Kubernetes, as read from YAML. */
export type KubernetesObject = z.infer<typeof object>;

const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), 'go', 'bin')];
const find = (program: string): string | undefined =>
  folders.map((folder) => join(folder, program)).find((path) => existsSync(path));

/** kubectl, or kustomize alone; where neither is there the first place where kubectl would be looked for. */
export const kustomizePath = find('kubectl') ?? find('kustomize') ?? '/usr/bin/kubectl';

/** The YAML that a kustomization of the repository builds. */
export async function buildText(path: string): Promise<string> {
  const subcommand = kustomizePath.endsWith('kubectl') ? 'kustomize' : 'build';
  const run = await runProcess({ command: kustomizePath, args: [subcommand, inRepository(path)] });
  if (run.code !== 0) throw new Error(`kustomize ${path}: want it built, got ${run.stderr}`);
  return run.stdout;
}

/** The objects that a kustomization of the repository builds. */
export const build = async (path: string): Promise<readonly KubernetesObject[]> =>
  parseAllDocuments(await buildText(path)).map((document) => object.parse(document.toJS()));

/** The one object of this kind, of this name if it is given; throws where there is none or another. */
export function objectOf(
  objects: readonly KubernetesObject[],
  kind: string,
  name?: string,
): KubernetesObject {
  const found = objects.filter(
    (one) => one.kind === kind && (name === undefined || one.metadata.name === name),
  );
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new Error(`${kind} ${name ?? ''}: want one, got ${found.length}`);
  return one;
}
