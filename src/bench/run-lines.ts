import type { Piece } from './bench-document.ts';
import { BENCH_ERROR_KINDS, failures, type BenchRun } from './bench-report.ts';
import type { ProfileComparison } from './compare-with-baseline.ts';
import { bytesText, digits, percentText, secondsText } from './figure-text.ts';

const count = (value: number): string => value.toLocaleString('en-US');

const several = (value: number, one: string, more = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : more}`;

/** Rates of an open loop, one after the other; undefined in a closed one. */
function rateText({ phases = [], intendedPerSecond }: BenchRun): string | undefined {
  const rates = phases.length > 1 ? phases.map((phase) => phase.intendedPerSecond) : [intendedPerSecond];
  const known = rates.flatMap((rate) => rate ?? []);
  return known.length === 0 ? undefined : known.map((rate) => `${digits(rate)}/s`).join(', ');
}

/** What of a plan makes its load. */
function loadText(run: BenchRun): string {
  const { plan } = run;
  const { loop, users, totalRequests, durationSeconds, warmUpSeconds, timeScale, thinkTimeSeconds } = plan;
  return [
    loop === 'open'
      ? ['open loop', rateText(run)].filter((part) => part !== undefined).join(' at ')
      : 'closed loop',
    several(users, 'user'),
    ...(totalRequests === undefined ? [] : [several(totalRequests, 'request')]),
    ...(durationSeconds === undefined ? [] : [secondsText(durationSeconds)]),
    ...(timeScale === 1 ? [] : [`time scale ${timeScale}`]),
    ...(warmUpSeconds === 0 ? [] : [`${secondsText(warmUpSeconds)} of warm-up left out`]),
    ...(thinkTimeSeconds === 0 ? [] : [`think time ${secondsText(thinkTimeSeconds)}`]),
    ...(plan.sessions === 'per_request' ? ['a session for each request'] : []),
  ].join(', ');
}

function partialLines(runs: readonly BenchRun[]): Piece[] {
  return runs.flatMap(({ end }, i): Piece[] => {
    if (end.how === 'complete') return [];
    const which = runs.length === 1 ? '' : ` (run ${i + 1} of ${runs.length})`;
    return [{ text: `PARTIAL${which}: ${end.how}: ${end.why}`, tone: 'bad' }];
  });
}

const sum = (runs: readonly BenchRun[], of: (run: BenchRun) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);

/** Errors by kind, the most frequent first, with the document's share where it has one. */
function errorLines({ runs, errorShares }: ProfileComparison): Piece[] {
  const failed = sum(runs, failures);
  if (failed === 0) return [];
  const kinds = new Map<string, number>();
  for (const { errors } of runs) {
    for (const [kind, n] of Object.entries(errors)) kinds.set(kind, (kinds.get(kind) ?? 0) + n);
  }
  const place = (kind: string): number => {
    const at = BENCH_ERROR_KINDS.findIndex((each) => each === kind);
    return at === -1 ? BENCH_ERROR_KINDS.length : at;
  };
  const text = [...kinds]
    .toSorted(([a, n], [b, m]) => m - n || place(a) - place(b) || (a < b ? -1 : 1))
    .map(([kind, n]) => {
      const share = errorShares?.[kind];
      const beside = share === undefined ? '' : `; baseline ${percentText(share)}`;
      return `${kind} ${count(n)} (${percentText(n / failed)}${beside})`;
    })
    .join(', ');
  return [
    {
      text: `${several(failed, 'error')} of ${several(
        sum(runs, (run) => run.requests),
        'request',
      )}: ${text}`,
    },
  ];
}

function trafficLines(runs: readonly BenchRun[]): Piece[] {
  const [first] = runs;
  if (first === undefined) return [];
  const { timeToFirstByte: ttfb, serviceTime, latency } = first;
  const late = sum(runs, ({ lateStarts }) => lateStarts?.requests ?? 0);
  const opened = sum(runs, ({ sessions }) => sessions.opened);
  const left = opened - sum(runs, ({ sessions }) => sessions.closed);
  const refused = sum(runs, ({ sessions }) => sessions.failed);
  const which = runs.length === 1 ? '' : ' (first run)';
  return [
    ...(ttfb === undefined
      ? []
      : [{ text: `first byte${which}: P50 ${digits(ttfb.p50Ms)} ms, P99 ${digits(ttfb.p99Ms)} ms` }]),
    ...(serviceTime === undefined || latency === undefined || first.plan.loop === 'closed'
      ? []
      : [
          {
            text: `from sending instead of the intended start${which}: P99 ${digits(serviceTime.p99Ms)} ms, slowest ${digits(serviceTime.maxMs)} ms`,
          },
        ]),
    {
      text: `bytes: ${bytesText(sum(runs, ({ bytes }) => bytes.sent))} sent, ${bytesText(sum(runs, ({ bytes }) => bytes.received))} received`,
    },
    ...(late === 0
      ? []
      : [
          {
            text: `late starts: ${several(late, 'request')}, by up to ${digits(Math.max(...runs.map(({ lateStarts }) => lateStarts?.maxMs ?? 0)))} ms`,
            tone: 'bad' as const,
          },
        ]),
    ...(opened + refused === 0
      ? []
      : [
          {
            text: `sessions: ${count(opened)} opened${left > 0 ? `, ${count(left)} not closed` : ''}${refused > 0 ? `, ${count(refused)} refused` : ''}`,
            ...(refused > 0 && { tone: 'bad' as const }),
          },
        ]),
  ];
}

function recoveryLines(runs: readonly BenchRun[]): Piece[] {
  return runs.flatMap(({ recovery }): Piece[] =>
    recovery?.recovered === false
      ? [{ text: `not recovered within ${secondsText(recovery.watchedSeconds)}`, tone: 'bad' }]
      : [],
  );
}

const verdictLines = (runs: readonly BenchRun[]): Piece[] =>
  runs.flatMap(({ verdicts = [] }) =>
    verdicts.map(({ detector, state, text }): Piece => ({
      text: `detector ${detector}: ${state}: ${text}`,
      ...(state !== 'none' && { tone: 'bad' as const }),
    })),
  );

/** What was run, against what and on what; one line for each. */
export function setUpLines({ runs }: ProfileComparison): Piece[] {
  const [run] = runs;
  if (run === undefined) return [];
  const { target, transport, era, protocolVersion, machine } = run;
  const protocol = protocolVersion === undefined ? era : `${era} (${protocolVersion})`;
  const server = target.server === undefined ? '' : ` (${target.server})`;
  const duration = secondsText(sum(runs, ({ durationSeconds }) => durationSeconds));
  return [
    { text: `${target.address}${server}, ${transport}, ${protocol}` },
    {
      text: `${loadText(run)}; ${several(runs.length, 'run')}, ${duration} measured, started ${run.startedAt}`,
    },
    {
      text: `${machine.cpus} × ${machine.cpuModel}, ${bytesText(machine.memoryBytes)}, ${machine.platform}, Node ${machine.node}`,
      tone: 'faint',
    },
    ...partialLines(runs),
  ];
}

/** What no table has a place for. */
export function remarkLines(comparison: ProfileComparison): Piece[] {
  const { runs, remarks } = comparison;
  return [
    ...recoveryLines(runs),
    ...errorLines(comparison),
    ...trafficLines(runs),
    ...verdictLines(runs),
    ...remarks.map((text): Piece => ({ text, tone: 'faint' })),
  ];
}
