import { z } from 'zod';
import type { KubernetesObject } from './kustomization.ts';

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  env: z
    .array(z.looseObject({ name: z.string(), value: z.string().optional() }))
    .default([])
    .transform((entries) => new Map(entries.map(({ name, value }) => [name, value]))),
  ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.number() })).default([]),
  restartPolicy: z.string().optional(),
  securityContext: z.looseObject({}).optional(),
  startupProbe: z.looseObject({}).optional(),
  volumeMounts: z
    .array(z.looseObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }))
    .default([]),
});

const deployment = z.looseObject({
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        shareProcessNamespace: z.boolean().optional(),
        terminationGracePeriodSeconds: z.number().optional(),
        initContainers: z.array(container).default([]),
        containers: z.array(container),
        volumes: z
          .array(
            z.looseObject({ name: z.string(), configMap: z.looseObject({ name: z.string() }).optional() }),
          )
          .default([]),
      }),
    }),
  }),
});

/** A container of a Deployment; `env` by name, without a value where it comes from elsewhere. */
export type Container = z.infer<typeof container>;

/** What the tests look at of a Deployment's pods. */
export function podOf(object: KubernetesObject) {
  const { selector, template } = deployment.parse(object).spec;
  const { initContainers, containers } = template.spec;
  return {
    ...template.spec,
    selector: selector.matchLabels,
    labels: template.metadata.labels,
    all: [...initContainers, ...containers],
  };
}
