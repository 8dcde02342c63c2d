import { setting } from './setting-meta.ts';
import { clientTlsShape, section } from './tls-section.ts';
import * as value from './value-types.ts';

/** Settings of the PostgreSQL tap. */
export const databaseSchema = section(
  {
    upstream: setting(value.peerAddress().optional(), {
      kind: 'address',
      about:
        'Address of the PostgreSQL server. With it the sidecar takes connections on database.listen, forwards them there and measures the queries.',
      example: '127.0.0.1:5432',
    }),
    listen: setting(value.address().prefault('127.0.0.1:5433'), {
      kind: 'address',
      about: 'Where connections to the database are taken. Port 0 takes a free one and logs it.',
      example: '127.0.0.1:6543',
      restart: true,
    }),
    tls: section({
      mode: setting(value.choice(['pass', 'decline', 'originate']).prefault('pass'), {
        kind: 'choice',
        about:
          "Who encrypts. `pass`: the client, if it asks for TLS; its connection then cannot be observed. `decline`: nobody; a client that asks is told that there is no TLS. `originate`: the sidecar, towards the database; a client that asks is told that there is none on its own short way to the sidecar, and SCRAM's channel binding is not offered to it.",
        example: 'originate',
      }),
      ...clientTlsShape('database'),
    }).prefault({}),
    connectTimeout: setting(value.durationOrOff().prefault('10s'), {
      kind: 'duration',
      about:
        'Time that a connection to the database may take to open, TLS included, before the client gets an error; `off` for no limit.',
      example: '3s',
    }),
    poolSize: setting(value.count(1, 1_000_000).optional(), {
      kind: 'integer',
      about:
        "Size of the server's connection pool. With it connection_pool_usage is the share of the pool that runs a query or is in a transaction, as the tap sees it.",
      example: 20,
    }),
    poolType: setting(value.labelValue().prefault('database'), {
      kind: 'text',
      about: 'Value of the label `pool_type` of that pool.',
      example: 'orders',
    }),
    maxStatements: setting(value.count(1, 1_000_000).prefault(5000), {
      kind: 'integer',
      about: 'Most prepared statements that are followed on a connection; of others the kind is `other`.',
      example: 500,
    }),
    maxPipeline: setting(value.count(1, 1_000_000).prefault(10_000), {
      kind: 'integer',
      about:
        'Most queries under way that are followed on a connection; those beyond are dropped and counted.',
      example: 1000,
    }),
  },
  'the address of the database or a mapping of settings',
);
