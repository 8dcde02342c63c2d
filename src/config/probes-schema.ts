import { z } from 'zod';
import { maintenanceEntry, moduleEntry, probeEntry, probeEntryKeys } from './probe-entry-schema.ts';
import { setting } from './setting-meta.ts';
import { section } from './tls-section.ts';
import * as value from './value-types.ts';

/** Keys of entries under which a path of a file stands, at the top or in one of the sections. */
const fileKeys = ['file', 'caFile', 'certFile', 'keyFile', 'snapshotFile', 'cwd'] as const;
const fileSections = ['credentials', 'tls'] as const;

const secretKeys = ['credentials'] as const;
/** Anything may stand there: what a server asks for besides, or for want of better. */
const maskedKeys = ['headers', 'env'] as const;

/** Settings of the probes. */
export const probesSchema = section({
  interval: setting(value.probeInterval().prefault('30s'), {
    kind: 'duration',
    about: 'How often a probe runs that says nothing else.',
    example: '1m',
  }),
  timeout: setting(value.duration().prefault('10s'), {
    kind: 'duration',
    about: 'Deadline of each attempt of a probe that says nothing else.',
    example: '5s',
  }),
  retries: setting(value.count(0, 10).prefault(0), {
    kind: 'integer',
    about: 'Further attempts after a failed one; a success among them makes the probe `degraded`.',
    example: 1,
  }),
  jitter: setting(value.durationOrZero().prefault('30s'), {
    kind: 'duration',
    about:
      'Runs are spread over this much time, never more than the interval, by a share that follows from the name of the probe; `0s` for none.',
    example: '5s',
  }),
  timeZone: setting(value.timeZone().prefault('UTC'), {
    kind: 'text',
    about: 'Time zone of cron expressions that name none.',
    example: 'Europe/Berlin',
  }),
  failureThreshold: setting(value.count(1, 100).prefault(2), {
    kind: 'integer',
    about: 'Failed runs in a row that make a probe `down`.',
    example: 3,
  }),
  successThreshold: setting(value.count(1, 100).prefault(1), {
    kind: 'integer',
    about: 'Successful runs in a row that make a probe `up` again.',
    example: 2,
  }),
  list: setting(
    z
      .array(probeEntry, { error: 'a list of mappings' })
      .max(1000, { error: 'at most 1000 entries' })
      .prefault([]),
    {
      kind: 'list',
      itemKeys: probeEntryKeys,
      fileKeys,
      fileSections,
      secretKeys,
      maskedKeys,
      urlKeys: ['url'],
      about:
        'The probes that run by themselves, each with its `name`, its `kind`, where it goes (`url`, which may be a path of the upstream, or `command`) and when (`interval` or `cron`). docs/probes.md has a recipe for each kind.',
      example: [
        { name: 'get-user', kind: 'tool', url: '/mcp', tool: 'get_user', arguments: { user_id: '1' } },
      ],
    },
  ),
  modules: setting(
    z
      .array(moduleEntry, { error: 'a list of mappings' })
      .max(100, { error: 'at most 100 entries' })
      .prefault([]),
    {
      kind: 'list',
      itemKeys: probeEntryKeys,
      fileKeys,
      fileSections,
      secretKeys,
      maskedKeys,
      about:
        'Probes without a place, for `/probe?target=…&module=…` of the admin server and `mcp-vitals probe URL --module NAME`. `handshake` is there without an entry.',
      example: [{ name: 'health', kind: 'http' }],
    },
  ),
  targets: setting(
    z
      .array(value.targetPattern(), { error: 'a list of URLs' })
      .max(1000, { error: 'at most 1000 entries' })
      .prefault([]),
    {
      kind: 'list',
      about:
        'URLs that `/probe` may be sent to; `*` stands for anything within one part of the host or of the path. Without an entry it goes nowhere.',
      example: ['http://*.mcp.svc.cluster.local:8000/mcp'],
    },
  ),
  maintenance: setting(
    z
      .array(maintenanceEntry, { error: 'a list of mappings' })
      .max(100, { error: 'at most 100 entries' })
      .prefault([]),
    {
      kind: 'list',
      itemKeys: Object.keys(maintenanceEntry.shape),
      about:
        'Times in which probes rest: `cron` and `duration` (at most 24h) for one that recurs, `from` and `to` for one; of the `probes` named, or of all.',
      example: [{ cron: '0 3 * * 0', duration: '30m' }],
    },
  ),
});
