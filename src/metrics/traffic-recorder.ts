import type { Registry } from '@prometheus-io/client';
import type { Attributes } from '@opentelemetry/api';
import { latencyBaseline, PERCENTILES, type Baseline } from '../model/baseline.ts';
import type { Clock } from '../model/clock.ts';
import { operationError } from '../model/operation-error.ts';
import type { SpanIds, TraceCall } from '../model/spans.ts';
import type { CallObservation, TrafficSink } from '../model/traffic.ts';
import { CallLabelBounds, type CallLabels, type LabelCaps } from './call-labels.ts';
import { instrument } from './instruments.ts';
import type { LiveTraffic } from './live-traffic.ts';
import type { OtelInstruments } from './otel-instruments.ts';
import { RateWindow } from './rate-window.ts';
import type { ToolLatencyBins } from './tool-latency.ts';
import { createWireRecorder } from './wire-recorder.ts';

/** What a recorder writes to and by. */
export interface RecorderParts {
  readonly registry: Registry;
  readonly otel: OtelInstruments;
  /** The live view; without one, nothing is kept for it. */
  readonly live?: LiveTraffic;
  /** What the detectors follow of tools; without it, nothing is kept for them. */
  readonly toolLatency?: ToolLatencyBins;
  readonly clock: Clock;
  readonly baseline: Baseline;
  readonly caps: () => LabelCaps;
  readonly knownMethods: ReadonlySet<string>;
  /** Value of the label `instance` of `requests_per_second`. */
  readonly instance: string;
  /** Makes the spans; without it there are none, and no exemplars. */
  readonly traceCall?: TraceCall | undefined;
  /** Whether it stands inside the server, where bytes, streams and HTTP exchanges are out of sight: their metrics are left out. */
  readonly insideServer?: boolean;
}

/** A sink that records, and the label that it gives a client. */
export interface TrafficRecorder extends TrafficSink {
  /** Value of the label `client` for the name that a client gave itself. */
  readonly clientLabel: (name: string | undefined) => string;
}

/** Turns what the taps observe into metrics: the documented ones, OpenTelemetry's, and the traffic's. */
export function createTrafficRecorder(parts: RecorderParts): TrafficRecorder {
  const { registry, otel, live, toolLatency, clock, baseline, traceCall } = parts;
  const make = <Name extends Parameters<typeof instrument>[0]>(name: Name) => instrument(name, registry);
  const observeDuration = createDurations(registry, traceCall !== undefined);
  const errors = make('mcp_request_errors_total');
  const overBaseline = make('mcp_requests_over_baseline_total');
  const clientWait = make('mcp_client_wait_seconds');
  const batchSize = make('mcp_tool_batch_size');
  const notifications = make('mcp_notifications_total');
  const sessionsActive = make('mcp_sessions_active');
  const sessionsOpened = make('mcp_sessions_opened_total');
  const sessionsClosed = make('mcp_sessions_closed_total');
  const openedByClient = make('mcp_sessions_opened_by_client_total');
  const closedByClient = make('mcp_sessions_closed_by_client_total');
  const tapDropped = make('mcp_vitals_tap_dropped_total');
  const capped = make('mcp_vitals_label_values_capped_total');
  const wire = parts.insideServer === true ? undefined : createWireRecorder(registry, live);
  let inFlight = 0;
  instrument('mcp_requests_in_flight', registry, (gauge) => gauge.set(inFlight));
  const rate = new RateWindow(clock);
  instrument('requests_per_second', registry, (gauge) =>
    gauge.set({ instance: parts.instance }, rate.perSecond()),
  );
  // Kinds of session are few and known: their series exist from the start, at zero.
  for (const how of ['initialize', 'adopted']) sessionsOpened.inc({ how }, 0);
  for (const reason of ['delete', 'not_found', 'idle', 'stream_closed', 'exit', 'evicted']) {
    sessionsClosed.inc({ reason }, 0);
  }

  const bounds = new CallLabelBounds(parts.caps, parts.knownMethods, (label) => capped.inc({ label }));

  const comparedTools = new Set<string>();
  const compare = (call: CallObservation, tool: string, serverMs: number): void => {
    const expected = latencyBaseline(baseline, tool, call.batchSize);
    // A tool's series exist from its first call on, so that no regression shows as "no data".
    const isFirst = !comparedTools.has(tool);
    if (isFirst) comparedTools.add(tool);
    for (const { label, field } of PERCENTILES) {
      const limitMs = expected[field];
      if (limitMs === undefined) continue;
      if (serverMs > limitMs) overBaseline.inc({ tool, percentile: label });
      else if (isFirst) overBaseline.inc({ tool, percentile: label }, 0);
    }
    if (call.batchSize !== undefined) batchSize.observe({ tool }, call.batchSize);
  };

  const recordMcp = (call: CallObservation, labels: CallLabels, serverMs: number): void => {
    rate.add();
    otel.operationDuration.record(call.durationMs / 1000, operationAttributes(call, labels));
    wire?.call(call, labels.method);
    if (call.method !== 'tools/call' || call.target.kind !== 'tool') return;
    compare(call, labels.endpoint, serverMs);
    toolLatency?.add(labels.endpoint, serverMs);
  };

  const spanOf = (call: CallObservation, { method, endpoint }: CallLabels): SpanIds | undefined => {
    if (traceCall === undefined || call.trace === undefined) return undefined;
    const hasTarget = call.target.kind === 'tool' || call.target.kind === 'prompt';
    return traceCall(call, call.trace, hasTarget ? `${method} ${endpoint}` : method);
  };

  return {
    exchangeSeen: () => wire?.exchangeSeen(),
    call: (call) => {
      const labels = bounds.of(call);
      const serverMs = Math.max(0, call.durationMs - call.clientWaitMs);
      const { method, endpoint } = labels;
      observeDuration({ method, endpoint, status: call.status }, serverMs / 1000, spanOf(call, labels));
      if (call.fault !== undefined) {
        errors.inc({ method, endpoint, error_type: call.errorType ?? 'other', fault: call.fault });
      }
      if (call.isMcp) recordMcp(call, labels, serverMs);
      live?.call(call, endpoint, serverMs);
    },
    callPending: () => void inFlight++,
    callSettled: () => void inFlight--,
    notification: (method, direction) =>
      notifications.inc({ method: bounds.method(method, direction === 'server'), direction }),
    clientWait: (kind, waitedMs) => clientWait.observe({ kind }, waitedMs / 1000),
    sessionOpened: (how) => {
      sessionsOpened.inc({ how });
      sessionsActive.inc();
      live?.sessionOpened();
    },
    sessionIntroduced: (client) => openedByClient.inc({ client: bounds.client(client) }),
    sessionClosed: (reason, lifetimeMs, transport, protocolVersion, client) => {
      sessionsClosed.inc({ reason });
      closedByClient.inc({ client: bounds.client(client), reason });
      sessionsActive.dec();
      live?.sessionClosed();
      const version = bounds.version(protocolVersion, true);
      otel.sessionDuration.record(lifetimeMs / 1000, {
        ...(version !== undefined && { 'mcp.protocol.version': version }),
        'network.transport': transport === 'stdio' ? 'pipe' : 'tcp',
      });
    },
    streamOpened: (kind) => wire?.streamOpened(kind),
    streamClosed: (kind, lifetimeMs) => wire?.streamClosed(kind, lifetimeMs),
    declared: (kind, names) => bounds.declare(kind, names),
    exchange: (reason) => {
      if (reason === undefined) wire?.exchangeObserved();
      else {
        wire?.exchangeDropped(reason);
        tapDropped.inc({ reason });
        live?.dropped();
      }
    },
    dropped: (reason) => {
      tapDropped.inc({ reason });
      live?.dropped();
    },
    overhead: (overheadMs) => wire?.overhead(overheadMs),
    clientLabel: (name) => bounds.client(name),
  };
}

interface DurationLabels {
  readonly method: string;
  readonly endpoint: string;
  readonly status: string;
}

/** The documented histogram; with spans each bucket keeps the last one that fell into it as its exemplar. */
function createDurations(
  registry: Registry,
  withSpans: boolean,
): (labels: DurationLabels, seconds: number, span: SpanIds | undefined) => void {
  const histogram = instrument('request_duration_seconds', registry, undefined, withSpans);
  if (!withSpans) return (labels, seconds) => histogram.observe({ ...labels }, seconds);
  return (labels, value, span) => {
    const exemplarLabels: Record<string, string> = span
      ? { trace_id: span.traceId, span_id: span.spanId }
      : {};
    histogram.observe({ labels: { ...labels }, value, exemplarLabels });
  };
}

/** Attributes of `mcp.server.operation.duration`, after OpenTelemetry's MCP conventions. */
function operationAttributes(call: CallObservation, labels: CallLabels): Attributes {
  const attributes: Attributes = {
    'mcp.method.name': labels.method,
    'network.transport': call.transport === 'stdio' ? 'pipe' : 'tcp',
  };
  const error = operationError(call);
  if (error !== undefined) attributes['error.type'] = error;
  if (call.rpcErrorCode !== undefined && call.status !== 'other') {
    attributes['rpc.response.status_code'] = call.status;
  }
  if (labels.protocolVersion !== undefined) attributes['mcp.protocol.version'] = labels.protocolVersion;
  if (call.target.kind === 'tool') {
    attributes['gen_ai.tool.name'] = labels.endpoint;
    attributes['gen_ai.operation.name'] = 'execute_tool';
  } else if (call.target.kind === 'prompt') attributes['gen_ai.prompt.name'] = labels.endpoint;
  return attributes;
}
