import type { Registry } from '@prometheus-io/client';
import { countElsewhere, instrument } from './instruments.ts';

/** What the sidecar says of itself. */
export interface SidecarMetrics {
  /** @param unixMs wall clock time of the reload. */
  readonly reloaded: (successful: boolean, unixMs: number) => void;
  /** Whether the last reload worked, and the Unix time of the last one that did. */
  readonly lastReload: () => { readonly isOk: boolean; readonly loadedAtMs: number | undefined };
}

/** Exports the sidecar's own metrics: its build, its process, its configuration. */
export function exportSidecar(registry: Registry, version: string): SidecarMetrics {
  instrument('mcp_vitals_build_info', registry).set({ version, node_version: process.version }, 1);
  countElsewhere('mcp_vitals_process_cpu_seconds_total', registry, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  instrument('mcp_vitals_process_resident_memory_bytes', registry, (gauge) =>
    gauge.set(process.memoryUsage.rss()),
  );
  const successful = instrument('mcp_vitals_config_last_reload_successful', registry);
  const timestamp = instrument('mcp_vitals_config_last_reload_success_timestamp_seconds', registry);
  let isOk = true;
  let loadedAtMs: number | undefined;
  return {
    reloaded: (ok, unixMs) => {
      successful.set(ok ? 1 : 0);
      isOk = ok;
      if (!ok) return;
      timestamp.set(unixMs / 1000);
      loadedAtMs = unixMs;
    },
    lastReload: () => ({ isOk, loadedAtMs }),
  };
}

/** Exports how many connections the proxy holds. */
export function exportConnections(registry: Registry, upstream: () => number, clients: () => number): void {
  instrument('mcp_vitals_upstream_connections', registry, (gauge) => gauge.set(upstream()));
  instrument('mcp_vitals_client_connections', registry, (gauge) => gauge.set(clients()));
}

/** Exports how many requests wait on an open stream for too long; no sample where nobody says how long that is. */
export function exportParkedRequests(registry: Registry, parked: () => number | undefined): void {
  instrument('mcp_requests_parked', registry, (gauge) => {
    const count = parked();
    if (count === undefined) gauge.remove();
    else gauge.set(count);
  });
}

/** Exports how long the oldest request has waited; read from the tap, which keeps the book. */
export function exportOldestRequest(registry: Registry, ageMs: () => number): void {
  instrument('mcp_oldest_request_age_seconds', registry, (gauge) => gauge.set(ageMs() / 1000));
}
