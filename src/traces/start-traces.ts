import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import { createExportLog } from './export-log.ts';
import type { ServerAddress } from './span-attributes.ts';
import { readTraceSettings, type TraceSettings } from './trace-settings.ts';
import type { Traces } from './traces.ts';

/** What traces are given from outside. */
export interface TraceParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Version of this package. */
  readonly version: string;
  readonly instance: string;
  /** Asked for each span. */
  readonly server: () => ServerAddress | undefined;
}

/**
 * Starts traces if OpenTelemetry's standard variables ask for them; only then is the SDK loaded. What is wrong with the
 * variables, or with the SDK, is logged, and there are no traces then: they must not be a reason for a sidecar not to start.
 */
export async function startTraces(parts: TraceParts): Promise<Traces | undefined> {
  const found = readTraceSettings(parts.env);
  switch (found.kind) {
    case 'off':
      return undefined;
    case 'refused':
      for (const problem of found.problems) parts.log('error', `traces are off: ${problem}`);
      return undefined;
    case 'on':
      try {
        return await open(found.settings, parts);
      } catch (error) {
        parts.log('error', `traces are off: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    default:
      return found satisfies never;
  }
}

async function open(settings: TraceSettings, parts: TraceParts): Promise<Traces> {
  const { clock, log, version, instance, server } = parts;
  const { openSpans } = await import('./open-spans.ts');
  const exportLog = createExportLog(log, clock);
  const spans = await openSpans(settings, { clock, exportLog, version, instance, server });
  const { samplerName, sampling } = settings;
  log('info', `traces on: OTLP by ${settings.protocol}, sampler ${samplerName} at ${sampling.ratio}`);
  return spans;
}
