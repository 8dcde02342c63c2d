import { describe, expect, it } from '@jest/globals';
import { Registry } from '@prometheus-io/client';
import { createDatabaseRecorder, exportDatabaseActivity } from '../../src/metrics/database-recorder.ts';
import { watchDatabase } from '../../src/metrics/live-database.ts';
import type { DatabaseActivity } from '../../src/model/database-traffic.ts';

async function page(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the database recorder', () => {
  it('puts queries into the documented buckets, in seconds', async () => {
    const registry = new Registry();
    const sink = createDatabaseRecorder(registry, () => undefined);
    for (const ms of [0.5, 1, 4, 99, 2000]) sink.query('select', ms);
    expect(await page(registry)).toEqual([
      'database_query_duration_seconds_bucket{le="0.001",query_type="select"} 2',
      'database_query_duration_seconds_bucket{le="0.005",query_type="select"} 3',
      'database_query_duration_seconds_bucket{le="0.01",query_type="select"} 3',
      'database_query_duration_seconds_bucket{le="0.05",query_type="select"} 3',
      'database_query_duration_seconds_bucket{le="0.1",query_type="select"} 4',
      'database_query_duration_seconds_bucket{le="0.5",query_type="select"} 4',
      'database_query_duration_seconds_bucket{le="1",query_type="select"} 4',
      'database_query_duration_seconds_bucket{le="+Inf",query_type="select"} 5',
      'database_query_duration_seconds_sum{query_type="select"} 2.1045',
      'database_query_duration_seconds_count{query_type="select"} 5',
    ]);
  });

  it('counts failures, with empty labels for what they do not have', async () => {
    const registry = new Registry();
    const dropped: string[] = [];
    const sink = createDatabaseRecorder(registry, (reason) => dropped.push(reason));
    sink.error({ queryType: 'update', errorType: 'deadlock', sqlstateClass: '40' });
    sink.error({ queryType: undefined, errorType: 'unreachable', sqlstateClass: undefined });
    sink.connection('opaque');
    sink.dropped('not_postgres');
    expect(await page(registry)).toEqual([
      'mcp_database_errors_total{query_type="update",error_type="deadlock",sqlstate_class="40"} 1',
      'mcp_database_errors_total{query_type="",error_type="unreachable",sqlstate_class=""} 1',
      'mcp_database_connections_total{kind="opaque"} 1',
    ]);
    expect(dropped).toEqual(['not_postgres']);
  });

  it('shows the activity of the moment', async () => {
    const registry = new Registry();
    const activity: DatabaseActivity = {
      connections: { starting: 0, idle: 3, active: 2, idle_in_transaction: 1, closing: 0, opaque: 0 },
      transactionsOpen: 2,
      oldestTransactionAgeMs: 1500,
      oldestQueryAgeMs: 20,
    };
    exportDatabaseActivity(registry, () => activity);
    expect(await page(registry)).toEqual([
      'mcp_database_connections{state="starting"} 0',
      'mcp_database_connections{state="idle"} 3',
      'mcp_database_connections{state="active"} 2',
      'mcp_database_connections{state="idle_in_transaction"} 1',
      'mcp_database_connections{state="opaque"} 0',
      'mcp_database_connections{state="closing"} 0',
      'mcp_database_transactions_open 2',
      'mcp_database_oldest_transaction_age_seconds 1.5',
      'mcp_database_oldest_query_age_seconds 0.02',
    ]);
  });

  it.each([
    ['nothing is observed', undefined, []],
    [
      'nothing can be looked into',
      { starting: 0, idle: 0, active: 0, idle_in_transaction: 0, opaque: 3, closing: 0 },
      ['opaque 3'],
    ],
  ] as const)('shows no false 0 while %s', async (_, connections, seen) => {
    const registry = new Registry();
    const calm = { transactionsOpen: 0, oldestTransactionAgeMs: 0, oldestQueryAgeMs: 0 };
    exportDatabaseActivity(registry, () => connections && { connections, ...calm });
    const lines = await page(registry);
    expect(lines.filter((line) => !line.startsWith('mcp_database_connections{'))).toEqual([]);
    const states = lines.flatMap(
      (line) => /state="(\w+)"\} ([1-9].*)/.exec(line)?.slice(1, 3).join(' ') ?? [],
    );
    expect(states).toEqual(seen);
  });

  it('has a live view before it', () => {
    let nowMs = 0;
    const clock = { nowMs: () => nowMs, wallMs: () => nowMs };
    const sink = watchDatabase(
      createDatabaseRecorder(new Registry(), () => undefined),
      clock,
    );
    expect(sink.snapshot()).toMatchObject({ p50Ms: undefined, errors: 0 });
    for (let i = 1; i <= 100; i++) {
      nowMs += 100;
      sink.query('select', i);
    }
    sink.error({ queryType: 'select', errorType: 'timeout', sqlstateClass: '57' });
    const { p50Ms, p99Ms, queriesPerSecond, errors } = sink.snapshot();
    expect(p50Ms).toBeGreaterThan(48);
    expect(p50Ms).toBeLessThan(53);
    expect(p99Ms).toBeGreaterThan(95);
    expect(queriesPerSecond).toBeCloseTo(10, 0);
    expect(errors).toBe(1);
  });
});
