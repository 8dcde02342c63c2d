import type { Registry } from '@prometheus-io/client';
import type { SourceReading } from '../model/source.ts';
import { instrument } from './instruments.ts';
import type { SampleBoard } from './sample-board.ts';

/** Takes what comes of the sources. */
export interface SourceRecorder {
  readonly reading: (reading: SourceReading) => void;
  /** A source is read no more: nothing of it stays. */
  readonly forget: (source: string) => void;
}

/** Puts readings on the board and exports how the sources fare; a failed reading takes its source's samples down. */
export function createSourceRecorder(registry: Registry, board: SampleBoard): SourceRecorder {
  const up = instrument('mcp_vitals_source_up', registry);
  const duration = instrument('mcp_vitals_source_duration_seconds', registry);
  const readings = instrument('mcp_vitals_source_readings_total', registry);
  const lastSuccess = instrument('mcp_vitals_source_last_success_timestamp_seconds', registry);
  return {
    reading: (reading) => {
      const { source } = reading;
      up.set({ source }, reading.ok ? 1 : 0);
      duration.set({ source }, reading.durationMs / 1000);
      readings.inc({ source, result: 'success' }, reading.ok ? 1 : 0);
      readings.inc({ source, result: 'failure' }, reading.ok ? 0 : 1);
      if (reading.ok) {
        lastSuccess.set({ source }, reading.wallMs / 1000);
        board.put(source, reading.samples);
      } else board.clear(source);
    },
    forget: (source) => {
      board.clear(source);
      for (const gauge of [up, duration, lastSuccess]) gauge.remove({ source });
    },
  };
}
