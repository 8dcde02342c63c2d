import { SAMPLER_NAMES, samplingOf, type Sampling, type SamplerName } from './sampling.ts';

/** Protocols of OTLP. */
export const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;

/** How spans are made and sent; the exporter and the batches read the rest from the environment themselves. */
export interface TraceSettings {
  readonly protocol: (typeof PROTOCOLS)[number];
  readonly sampling: Sampling;
  readonly samplerName: SamplerName;
  /** Most time for one export with its retries; undefined: the exporter finds it in the environment. */
  readonly timeoutMs: number | undefined;
  /** Most spans that may wait for an export. */
  readonly maxQueueSize: number;
}

/** What the environment says about traces. */
export type TraceSwitch =
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly settings: TraceSettings }
  /** Switched on, but in a way that cannot be. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

type Env = Readonly<Record<string, string | undefined>>;

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

/** An empty variable is as good as none (OpenTelemetry, "Environment Variable Specification"). */
const given = (env: Env, name: string): string | undefined => env[name]?.trim() || undefined;

const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

const isOneOf = <Name extends string>(names: readonly Name[], text: string): text is Name =>
  names.some((name) => name === text);

function isSwitchedOn(env: Env, problems: string[]): boolean {
  if (given(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return false;
  const exporters = given(env, 'OTEL_TRACES_EXPORTER');
  if (exporters === undefined) return ENDPOINTS.some((name) => given(env, name) !== undefined);
  const names = exporters
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.includes('none')) return false;
  const unknown = names.filter((name) => name !== 'otlp');
  if (unknown.length > 0) problems.push(`OTEL_TRACES_EXPORTER: want otlp or none, got ${unknown.join(', ')}`);
  return true;
}

function checkEndpoints(env: Env, problems: string[]): void {
  for (const name of ENDPOINTS) {
    const text = given(env, name);
    // Not the value: people put keys into it.
    if (text !== undefined && !/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
      problems.push(`${name}: want a URL with http or https, got something else`);
  }
}

function readProtocol(env: Env, problems: string[]): TraceSettings['protocol'] {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    const text = given(env, name);
    if (text === undefined) continue;
    if (isOneOf(PROTOCOLS, text)) return text;
    problems.push(`${name}: want ${listed(PROTOCOLS)}, got ${text}`);
    break;
  }
  return 'http/protobuf';
}

function readSampler(env: Env, problems: string[]): Pick<TraceSettings, 'sampling' | 'samplerName'> {
  const text = given(env, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const samplerName = isOneOf(SAMPLER_NAMES, text) ? text : undefined;
  if (samplerName === undefined)
    problems.push(`OTEL_TRACES_SAMPLER: want ${listed(SAMPLER_NAMES)}, got ${text}`);
  const argument = given(env, 'OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const ratio = Number(argument);
  const takesRatio = text.endsWith('traceidratio');
  if (takesRatio && !(ratio >= 0 && ratio <= 1))
    problems.push(`OTEL_TRACES_SAMPLER_ARG: want a share from 0 to 1, got ${argument}`);
  const known = samplerName ?? 'parentbased_always_on';
  return { samplerName: known, sampling: samplingOf(known, ratio) };
}

const NUMBERS = [
  'OTEL_BSP_MAX_QUEUE_SIZE',
  'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  'OTEL_BSP_SCHEDULE_DELAY',
  'OTEL_BSP_EXPORT_TIMEOUT',
  'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
] as const;

/** Half of what the SDK takes: an export that is given up at the end keeps the process for so long. */
const DEFAULT_TIMEOUT_MS = 5000;
const TIMEOUTS = ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'] as const;

/** What the SDK takes without a word of the environment. */
const DEFAULT_QUEUE_SIZE = 2048;

function readQueueSize(env: Env, problems: string[]): number {
  for (const name of NUMBERS) {
    const text = given(env, name);
    if (text !== undefined && !(Number.isInteger(Number(text)) && Number(text) > 0))
      problems.push(`${name}: want a whole number above 0, got ${text}`);
  }
  return Number(given(env, 'OTEL_BSP_MAX_QUEUE_SIZE') ?? DEFAULT_QUEUE_SIZE);
}

/**
 * Reads OpenTelemetry's standard variables. Traces are on if `OTEL_TRACES_EXPORTER` says `otlp`, or if it says nothing and an
 * endpoint is given. A mistake switches them off instead of being passed over, as the specification has it for unknown values:
 * a sampler's misspelt name would mean a span for each request.
 */
export function readTraceSettings(env: Env): TraceSwitch {
  const problems: string[] = [];
  if (!isSwitchedOn(env, problems)) return { kind: 'off' };
  checkEndpoints(env, problems);
  const settings = {
    protocol: readProtocol(env, problems),
    ...readSampler(env, problems),
    timeoutMs: TIMEOUTS.some((name) => given(env, name) !== undefined) ? undefined : DEFAULT_TIMEOUT_MS,
    maxQueueSize: readQueueSize(env, problems),
  };
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'on', settings };
}
