import type { Registry } from '@prometheus-io/client';
import type { CallObservation, TrafficSink } from '../model/traffic.ts';
import { countElsewhere, instrument } from './instruments.ts';
import type { LiveTraffic } from './live-traffic.ts';

/** Records what only someone between client and server sees: bytes, streams, exchanges. */
export interface WireRecorder extends Pick<
  TrafficSink,
  'exchangeSeen' | 'streamOpened' | 'streamClosed' | 'overhead'
> {
  /** @param method bounded name of the call's method. */
  readonly call: (call: CallObservation, method: string) => void;
  readonly exchangeObserved: () => void;
  readonly exchangeDropped: (reason: string) => void;
}

/** Makes the metrics of the wire. */
export function createWireRecorder(registry: Registry, live: LiveTraffic | undefined): WireRecorder {
  const timeToFirstByte = instrument('mcp_time_to_first_byte_seconds', registry);
  const requestSize = instrument('mcp_request_size_bytes', registry);
  const responseSize = instrument('mcp_response_size_bytes', registry);
  const streamsOpen = instrument('mcp_streams_open', registry);
  const streamDuration = instrument('mcp_stream_duration_seconds', registry);
  const overhead = instrument('mcp_proxy_overhead_seconds', registry);
  const exchangesDropped = instrument('mcp_vitals_exchanges_dropped_total', registry);
  let seen = 0;
  let observed = 0;
  countElsewhere('mcp_vitals_exchanges_seen_total', registry, () => seen);
  countElsewhere('mcp_vitals_exchanges_observed_total', registry, () => observed);
  // Kinds of stream are few and known: their series exist from the start, at zero.
  for (const kind of ['get', 'sse', 'listen']) streamsOpen.set({ kind }, 0);
  return {
    exchangeSeen: () => void seen++,
    exchangeObserved: () => void observed++,
    exchangeDropped: (reason) => exchangesDropped.inc({ reason }),
    call: (call, method) => {
      if (call.timeToFirstByteMs !== undefined) {
        timeToFirstByte.observe({ method }, call.timeToFirstByteMs / 1000);
      }
      requestSize.observe({ method }, call.requestBytes);
      responseSize.observe({ method }, call.responseBytes);
    },
    streamOpened: (kind) => {
      streamsOpen.inc({ kind });
      live?.streamOpened();
    },
    streamClosed: (kind, lifetimeMs) => {
      streamsOpen.dec({ kind });
      live?.streamClosed();
      streamDuration.observe({ kind }, lifetimeMs / 1000);
    },
    overhead: (overheadMs) => overhead.observe(overheadMs / 1000),
  };
}
