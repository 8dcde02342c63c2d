import type { SessionDiagnosis, SessionInsight } from '../detectors/session-insight.ts';
import {
  createSessionTracker,
  type ServerReading,
  type SessionTracker,
} from '../detectors/session-tracker.ts';
import type { SampleBoard } from '../metrics/sample-board.ts';
import type { TrafficRecorder } from '../metrics/traffic-recorder.ts';
import type { Clock } from '../model/clock.ts';

/** A recorder that also lets a tracker follow what becomes of sessions. */
export interface WatchedSessions {
  readonly sink: TrafficRecorder;
  readonly tracker: SessionTracker;
}

/** Puts a tracker of sessions before a recorder. */
export function watchSessions(recorder: TrafficRecorder, clock: Clock): WatchedSessions {
  const tracker = createSessionTracker(clock);
  const sink: TrafficRecorder = {
    ...recorder,
    call: (call) => {
      if (call.isMcp) tracker.called();
      recorder.call(call);
    },
    sessionOpened: (how) => {
      tracker.opened(how);
      recorder.sessionOpened(how);
    },
    sessionIntroduced: (client) => {
      tracker.introduced(client);
      recorder.sessionIntroduced(client);
    },
    sessionClosed: (reason, lifetimeMs, transport, protocolVersion, client) => {
      tracker.closed(reason, lifetimeMs, client);
      recorder.sessionClosed(reason, lifetimeMs, transport, protocolVersion, client);
    },
  };
  return { sink, tracker };
}

/** What the sources say of the server's own sessions and memory now. */
export function serverReading({ samplesOf }: Pick<SampleBoard, 'samplesOf'>): ServerReading {
  return {
    sessions: samplesOf('mcp_server_sessions')[0]?.value,
    memoryBytes: samplesOf('mcp_process_memory_bytes')[0]?.value,
    startedAt: samplesOf('mcp_process_start_time_seconds')[0]?.value,
  };
}

/** Leaks that a session's ends give away: they explain memory, too. */
const LEAKS: readonly SessionDiagnosis[] = ['clients_send_no_delete', 'server_keeps_sessions_after_delete'];

/** What sessions have to do with what a detector watches, in one line; undefined where they have nothing. */
export function remarkOnSessions(detector: string, insight: () => SessionInsight): string | undefined {
  switch (detector) {
    case 'sessions':
      return insight().text;
    case 'memory':
    case 'bytes_per_session': {
      const { diagnosis, text } = insight();
      return LEAKS.includes(diagnosis) ? `sessions: ${text}` : undefined;
    }
    default:
      return undefined;
  }
}
