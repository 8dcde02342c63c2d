import {
  PROBE_PHASES,
  type PhaseDurations,
  type ProbeResult,
  type Transcript,
  type TranscriptEntry,
} from '../model/probe-result.ts';
import { visibleText } from '../model/visible-text.ts';

/** Milliseconds with as many digits as say something: `0.42 ms`, `12 ms`, `1,200 ms`. */
export function msText(ms: number): string {
  const digits = ms < 1 ? 2 : ms < 10 ? 1 : 0;
  return `${Number(ms.toFixed(digits)).toLocaleString('en-US')} ms`;
}

/** `dns 0.2 ms, connect 1 ms, handshake 12 ms`. */
export const phasesText = (phases: PhaseDurations): string =>
  PROBE_PHASES.flatMap((phase) => {
    const ms = phases[phase];
    return ms === undefined ? [] : [`${phase.replaceAll('_', ' ')} ${msText(ms)}`];
  }).join(', ');

const headerLines = (headers: readonly (readonly [string, string])[]): string[] =>
  headers.map(([name, value]) => `${name}: ${value}`);

function linesOf(entry: TranscriptEntry): string[] {
  switch (entry.type) {
    case 'note':
      return [`-- ${entry.text}`];
    case 'request':
      return [
        `>> #${entry.exchange} ${entry.method} ${entry.url}`,
        ...headerLines(entry.headers),
        ...(entry.body === '' ? [] : entry.body.split('\n')),
      ];
    case 'answer':
      return [`<< #${entry.exchange} HTTP ${entry.status}`, ...headerLines(entry.headers)];
    case 'body':
      return [
        `<< #${entry.exchange} body, ${entry.bytes} bytes`,
        ...(entry.text === '' ? [] : entry.text.trimEnd().split('\n')),
      ];
    case 'sent':
    case 'received':
    case 'stderr': {
      const mark = { sent: '>>', received: '<<', stderr: '!!' }[entry.type];
      const [first = '', ...rest] = entry.text.split('\n');
      return [`${mark} ${first}`, ...rest];
    }
    default:
      return entry satisfies never;
  }
}

const INDENT = ' '.repeat(14);

/** A transcript as lines: the time since the start, then what happened; `>>` was sent, `<<` was received. */
export function transcriptLines({ entries, dropped }: Transcript): string[] {
  const lines = entries.flatMap((entry) => {
    const [first = '', ...rest] = linesOf(entry).map(visibleText);
    return [`${msText(entry.atMs).padStart(12)}  ${first}`, ...rest.map((line) => `${INDENT}  ${line}`)];
  });
  return dropped === 0 ? lines : [...lines, `${INDENT}-- ${dropped} more entries were not kept`];
}

/** What came of a run, in a few lines. */
export function resultLines(result: ProbeResult): string[] {
  const { failure, attempts, durationMs, callMs, baselineMs, certificateExpiryMs } = result;
  const verdict =
    failure === undefined
      ? attempts > 1
        ? `degraded: succeeded at attempt ${attempts}`
        : 'up'
      : `down: ${failure.reason}: ${failure.message}`;
  const server = [result.server, result.protocolVersion].filter((each) => each !== undefined).join(', ');
  const line = (label: string, text: string): string =>
    `${label.padEnd(INDENT.length - 2)}${visibleText(text)}`;
  const compared =
    callMs === undefined || baselineMs === undefined
      ? ''
      : ` (${callMs > baselineMs ? 'over' : 'within'} the baseline's P99 of ${msText(baselineMs)})`;
  return [
    line('state', verdict),
    line('started', new Date(result.startedWallMs).toISOString()),
    line('duration', msText(durationMs)),
    ...(callMs === undefined ? [] : [line('calls', `${msText(callMs)}${compared}`)]),
    line('phases', phasesText(result.phases) || 'none'),
    ...(server === '' ? [] : [line('server', server)]),
    ...(certificateExpiryMs === undefined
      ? []
      : [line('certificate', `ends ${new Date(certificateExpiryMs).toISOString()}`)]),
  ];
}
