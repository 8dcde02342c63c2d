import type { MetricSpecs } from './metric-spec.ts';

/** Metrics that the `process` source reads of the server's process tree. */
export const PROCESS = {
  mcp_processes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: "Processes of the server's tree.",
    labels: [],
  },
  mcp_process_cpu_cores: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: 'CPUs in use by the tree since the reading before: 1 is one CPU fully used.',
    labels: [],
  },
  mcp_process_cpu_limit_cores: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: "CPUs that the tree may use: the cgroup's quota, or else those of the machine.",
    labels: [],
  },
  mcp_process_cpu_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: 'Share of the CPUs that the tree may use that it does use, 0 to 1.',
    labels: [],
  },
  mcp_process_memory_bytes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: 'Memory of the tree: `pss` (shared pages counted once), or `rss` where the former may not be read.',
    labels: ['kind'],
  },
  mcp_process_memory_limit_bytes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: "Memory limit of the server's cgroup; absent where there is none.",
    labels: [],
  },
  mcp_process_threads: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: 'Threads of the tree.',
    labels: [],
  },
  mcp_process_open_files: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: 'Open file descriptors of the tree; absent where they may not be read.',
    labels: [],
  },
  mcp_process_open_files_limit: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: 'File descriptors that one process of the server may open.',
    labels: [],
  },
  mcp_process_sockets: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: 'Sockets of the tree by TCP state, counted about every two minutes; absent where they may not be read.',
    labels: ['state'],
  },
  mcp_process_start_time_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'process',
    help: "Unix time at which the server's process started.",
    labels: [],
  },
  mcp_process_restarts_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'process',
    help: "Restarts of the server's process that the sidecar has seen.",
    labels: [],
  },
} as const satisfies MetricSpecs;
