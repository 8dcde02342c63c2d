import { setting } from './setting-meta.ts';
import { section } from './tls-section.ts';
import * as value from './value-types.ts';

const word = () => value.text('a name of at most 63 characters', /^[^\p{Cc}]{1,63}$/u);

/** Settings that state how the server is set up: what is expected of it follows from them. */
export const serverSchema = section({
  tier: setting(value.count(1, 100).optional(), {
    kind: 'integer',
    about:
      "Hardware tier of the server: 1 small, 2 medium, 3 large, 4 enterprise. With it the tier's limits are series that alerts compare with.",
    example: 2,
    restart: true,
  }),
  vcpus: setting(value.positive(1024).optional(), {
    kind: 'number',
    about: 'vCPUs of one instance, if not those of the tier.',
    example: 8,
    restart: true,
  }),
  workers: setting(value.count(1, 10_000).optional(), {
    kind: 'integer',
    about: 'Worker processes of one instance; without it one for each vCPU, if these are stated.',
    example: 4,
    restart: true,
  }),
  poolSize: setting(value.count(1, 1_000_000).optional(), {
    kind: 'integer',
    about: 'Connections of the database pool, all workers of one instance together.',
    example: 50,
    restart: true,
  }),
  cacheStrategy: setting(word().optional(), {
    kind: 'text',
    about: 'How the server caches: `none`, `write-through`, `write-behind` or `read-through`.',
    example: 'read-through',
    restart: true,
  }),
  cacheTtl: setting(value.duration().optional(), {
    kind: 'duration',
    about: 'How long the server keeps an entry in its cache.',
    example: '15m',
    restart: true,
  }),
  serialization: setting(word().optional(), {
    kind: 'text',
    about:
      'Format between the server and what stands behind it: `json`, `messagepack`, `protobuf` or `cbor`.',
    example: 'messagepack',
    restart: true,
  }),
  instances: setting(value.count(1, 10_000).optional(), {
    kind: 'integer',
    about: 'Instances of the server behind one load balancer.',
    example: 4,
    restart: true,
  }),
  availabilityObjective: setting(value.share().prefault(0.999), {
    kind: 'number',
    about: 'Share of requests that must be answered without a fault of the server; burn rates are of this.',
    example: 0.9995,
    restart: true,
  }),
  latencyObjective: setting(value.share().prefault(0.95), {
    kind: 'number',
    about:
      'Share of tool calls that must be answered within the P99 of the baseline; burn rates are of this.',
    example: 0.99,
    restart: true,
  }),
});

/** Settings of the figures that the server is held against. */
export const baselineSchema = section(
  {
    file: setting(value.filePath().optional(), {
      kind: 'file',
      about:
        'YAML file with your own figures in place of any part of the built-in ones, which `mcp-vitals baseline print` shows.',
      example: 'baseline.yaml',
      restart: true,
    }),
  },
  'the path of a file or a mapping of settings',
);
