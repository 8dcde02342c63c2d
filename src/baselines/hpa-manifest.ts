import { Document, isNode } from 'yaml';
import type { HpaMetric, HpaRules, HpaSpec } from './hpa-spec.ts';

/** What the autoscaler scales, and its own name. */
export interface HpaTarget {
  /** Name of the Deployment; the autoscaler gets it with `-hpa`. */
  readonly deployment: string;
  readonly namespace?: string;
}

/** Comments of a manifest: a head, and lines above a key that is named by its path. */
export interface HpaComments {
  readonly head: readonly string[];
  readonly at: readonly (readonly [path: readonly (string | number)[], text: string])[];
}

function toMetric(metric: HpaMetric) {
  if (metric.type === 'Resource') {
    const { name, averageUtilization } = metric;
    return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
  }
  const target = { type: 'AverageValue', averageValue: String(metric.averageValue) };
  return { type: 'Pods', pods: { metric: { name: metric.name }, target } };
}

function toRules({ stabilizationWindowSeconds, policies, selectPolicy }: HpaRules) {
  return { stabilizationWindowSeconds, policies, selectPolicy };
}

/** The resource that Kubernetes takes. Source: Kubernetes, API autoscaling/v2. */
export function hpaManifest({ deployment, namespace }: HpaTarget, spec: HpaSpec) {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: `${deployment}-hpa`, ...(namespace !== undefined && { namespace }) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
      minReplicas: spec.minReplicas,
      maxReplicas: spec.maxReplicas,
      metrics: spec.metrics.map(toMetric),
      behavior: { scaleUp: toRules(spec.scaleUp), scaleDown: toRules(spec.scaleDown) },
    },
  };
}

/** Writes the resource as YAML with comments; ends with a newline. */
export function renderHpa(target: HpaTarget, spec: HpaSpec, comments: HpaComments): string {
  const document = new Document(hpaManifest(target, spec));
  document.commentBefore = comments.head.map((line) => ` ${line}`).join('\n');
  for (const [path, text] of comments.at) {
    const parent = document.getIn(path.slice(0, -1), true);
    const key = path.at(-1);
    const pair =
      typeof parent === 'object' && parent !== null && 'items' in parent && Array.isArray(parent.items)
        ? parent.items.find((item: unknown) => keyOf(item) === key)
        : undefined;
    const node: unknown = typeof key === 'number' ? document.getIn(path, true) : pair?.key;
    if (isNode(node))
      node.commentBefore = text
        .split('\n')
        .map((line) => ` ${line}`)
        .join('\n');
    else throw new RangeError(`comment: want a key at ${path.join('.')}, got none`);
  }
  return document.toString({ lineWidth: 0 });
}

function keyOf(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || !('key' in item)) return undefined;
  const { key } = item;
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}
