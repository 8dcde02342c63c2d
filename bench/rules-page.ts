/** What the rules read of one sidecar after so many seconds: every series, with figures that hardly ever alert. */
export function rulesPage(tools: number, seconds: number): string {
  const lines: string[] = [];
  const add = (name: string, labels: string, value: number): void => {
    lines.push(`${name}${labels === '' ? '' : `{${labels}}`} ${value}`);
  };
  for (let i = 0; i < tools; i += 1) {
    const tool = `tool_${i}`;
    const calls = seconds * (2 + i / 10);
    for (const [status, share] of [
      ['ok', 0.99],
      ['tool_error', 0.01],
    ] as const) {
      const labels = `method="tools/call",endpoint="${tool}",status="${status}"`;
      add('request_duration_seconds_count', labels, calls * share);
      add('request_duration_seconds_sum', labels, calls * share * 0.05);
    }
    add(
      'mcp_request_errors_total',
      `method="tools/call",endpoint="${tool}",error_type="tool_error",fault="client"`,
      calls * 0.01,
    );
    // Series of failures exist for tools that have failed.
    if (i % 4 === 0) {
      add(
        'mcp_request_errors_total',
        `method="tools/call",endpoint="${tool}",error_type="connection_timeout",fault="server"`,
        calls * 0.0001,
      );
    }
    for (const [percentile, share] of Object.entries({ p50: 0.4, p95: 0.04, p99: 0.008, 'p99.9': 0.0005 })) {
      add('mcp_requests_over_baseline_total', `tool="${tool}",percentile="${percentile}"`, calls * share);
    }
    const otel = `mcp_method_name="tools/call",gen_ai_tool_name="${tool}",gen_ai_operation_name="execute_tool",mcp_protocol_version="2025-11-25",network_transport="tcp"`;
    add('mcp_server_operation_duration_seconds_count', otel, calls);
    add('mcp_server_operation_duration_seconds_sum', otel, calls * 0.05);
    for (const [le, share] of Object.entries({
      '0.05': 0.6,
      '0.2': 0.97,
      '0.5': 0.995,
      '1': 0.999,
      '+Inf': 1,
    })) {
      add('mcp_server_operation_duration_seconds_bucket', `${otel},le="${le}"`, calls * share);
    }
    add('mcp_baseline_latency_seconds', `tool="${tool}",percentile="p99"`, 0.28);
  }
  for (const [name, value] of Object.entries({
    mcp_requests_in_flight: 3,
    mcp_oldest_request_age_seconds: 0.2,
    mcp_sessions_active: 12,
    mcp_process_cpu_ratio: 0.4,
    mcp_process_cpu_cores: 1.6,
    mcp_process_memory_limit_bytes: 8e9,
    mcp_process_open_files: 120,
    mcp_process_open_files_limit: 65_536,
    mcp_process_restarts_total: 0,
    mcp_postgres_max_connections: 100,
    mcp_postgres_deadlocks_total: 3,
    mcp_postgres_oldest_transaction_age_seconds: 0.1,
    mcp_baseline_error_ratio: 0.0002,
    mcp_baseline_cpu_ratio: 0.65,
    mcp_baseline_memory_bytes: 2.2e9,
    mcp_baseline_pool_ratio: 0.45,
    mcp_baseline_cache_hit_ratio: 0.78,
    mcp_vitals_exchanges_seen_total: seconds * 60,
    mcp_vitals_config_last_reload_successful: 1,
    mcp_vitals_config_last_reload_success_timestamp_seconds: 1,
  })) {
    add(name, '', value);
  }
  add('mcp_process_memory_bytes', 'kind="pss"', 2e9);
  add('mcp_baseline_throughput', 'tool=""', 850);
  add('mcp_slo_objective_ratio', 'slo="availability"', 0.999);
  add('mcp_slo_objective_ratio', 'slo="latency"', 0.95);
  for (const resource of [
    'requests_per_second',
    'sessions',
    'memory_bytes',
    'bandwidth_bits_per_second',
    'vcpus',
  ]) {
    add('mcp_tier_limit', `resource="${resource}"`, 1e10);
  }
  add('connection_pool_usage', 'pool_type="database"', 0.4);
  add('cache_hit_rate', 'cache_type="redis"', 0.8);
  for (const state of ['active', 'idle', 'idle in transaction'])
    add('mcp_postgres_sessions', `state="${state}"`, 10);
  for (const how of ['initialize', 'adopted']) add('mcp_sessions_opened_total', `how="${how}"`, seconds);
  for (const reason of ['delete', 'idle']) add('mcp_sessions_closed_total', `reason="${reason}"`, seconds);
  add('mcp_request_size_bytes_sum', 'method="tools/call"', seconds * 1e5);
  add('mcp_response_size_bytes_sum', 'method="tools/call"', seconds * 3e5);
  add('mcp_vitals_tap_dropped_total', 'reason="table_full"', 0);
  add('mcp_vitals_build_info', 'version="1",node_version="24"', 1);
  for (const source of ['process', 'postgres', 'redis']) add('mcp_vitals_source_up', `source="${source}"`, 1);
  return `${lines.join('\n')}\n`;
}
