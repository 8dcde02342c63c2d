import type { Target } from './targets.ts';

/**
 * Tool calls that the sidecar reports on `/metrics`
 * (`request_duration_seconds_count` of method tools/call), to show that it measured what it carried.
 */
export async function observedToolCalls(target: Target): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${target.adminPort}/metrics`, {
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`${target.name}: want /metrics with status 200, got ${response.status}`);
  let count = 0;
  for (const line of (await response.text()).split('\n')) {
    if (!/^request_duration_seconds_count\{.*method="tools\/call"/.test(line)) continue;
    count += Number(/\} (\S+)/.exec(line)?.[1] ?? 0);
  }
  return count;
}
