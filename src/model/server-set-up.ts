/** What an operator states of the server that a sidecar stands beside; what is not stated is absent. */
export interface ServerSetUp {
  /** Number of a hardware tier. */
  readonly tier?: number;
  readonly vcpus?: number;
  readonly workers?: number;
  /** Connections of the database pool, all workers together. */
  readonly poolSize?: number;
  readonly cacheStrategy?: string;
  readonly cacheTtlSeconds?: number;
  readonly serialization?: string;
  /** Instances behind the same load balancer. */
  readonly instances?: number;
}

/** Share of requests that must be good, by objective: above 0 and below 1. */
export interface Objectives {
  /** Answered without a fault of the server. */
  readonly availability: number;
  /** Tool calls answered within the P99 of the baseline. */
  readonly latency: number;
}
