import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/error-facts.ts';
import type { MaintenanceWindow, ProbeDefinition, ProbeSchedule, ScheduledProbe } from '../model/probe.ts';
import type { ProbeDetail, ProbeSummary } from '../model/probe-history.ts';
import type { ProbeResult, ToolSnapshot } from '../model/probe-result.ts';
import { longestGapMs } from './cron-gap.ts';
import {
  decodeRecord,
  emptyRecord,
  encodeRecord,
  withResult,
  withToolsAccepted,
  type ProbeRecord,
} from './probe-history.ts';
import { createProbeScheduler, type SkipReason } from './probe-scheduler.ts';
import { createCredentialReader, type CredentialReader, type SecretEnvironment } from './probe-secrets.ts';
import { withoutQuery } from './redaction.ts';
import { runProbe } from './run-probe.ts';

/** Where records outlive a restart. */
export interface RecordStore {
  readonly readState: (name: string) => Promise<Uint8Array | undefined>;
  readonly writeState: (name: string, bytes: Uint8Array) => Promise<unknown>;
  readonly setAside: (name: string, why: string) => Promise<void>;
}

/** What an engine is given. */
export interface ProbeEngineOptions {
  readonly clock: Clock;
  /** Where secrets that are named by a variable come from. */
  readonly env: SecretEnvironment;
  /** undefined: nothing outlives a restart. */
  readonly store: RecordStore | undefined;
  /** The P99 that the calls of a probe are held against, in ms. */
  readonly baselineMs: (definition: ProbeDefinition) => number | undefined;
  /** The recorded list of tools of a probe that keeps it in a file of its own. */
  readonly readTools: (file: string) => Promise<ToolSnapshot | undefined>;
  readonly on: {
    readonly result: (name: string, result: ProbeResult, before: ProbeRecord, after: ProbeRecord) => void;
    readonly skip: (name: string, reason: SkipReason) => void;
    readonly lateness: (latenessMs: number) => void;
    /** A probe was taken up or switched, with what is known of it from before; its interval where it is on. */
    readonly known: (probe: ScheduledProbe, record: ProbeRecord, intervalMs: number | undefined) => void;
    readonly gone: (name: string) => void;
    readonly error: (error: unknown) => void;
  };
}

/** The probes that run by themselves, with all that is kept of them. */
export interface ProbeEngine {
  /**
   * Takes a configuration into force.
   * @throws Error if a cron expression or a time zone is none; nothing has changed then.
   */
  readonly apply: (
    probes: readonly ScheduledProbe[],
    maintenance: readonly MaintenanceWindow[],
  ) => Promise<void>;
  readonly list: () => readonly ProbeSummary[];
  readonly detail: (name: string) => ProbeDetail | undefined;
  readonly setEnabled: (name: string, enabled: boolean) => boolean;
  /** Records the list of tools that was seen last; false where there is none, or where the list is a file. */
  readonly acceptTools: (name: string) => boolean;
  /**
   * Runs any probe now; the result is returned and kept nowhere.
   * @param withHistory whether a list of tools is held against the one that the history of the probe's name has.
   */
  readonly runOnce: (definition: ProbeDefinition, withHistory?: boolean) => Promise<ProbeResult>;
  readonly stop: () => Promise<void>;
}

/** How often what changed is written down. */
const WRITE_MS = 30_000;

const stateName = (probe: string): string => `probe-${probe}.json`;

/** Where a probe goes, without what may be secret. */
export const targetText = ({ target }: ProbeDefinition): string =>
  target.over === 'http' ? withoutQuery(target.url) : (target.command[0] ?? '');

const scheduleText = ({ schedule: { every } }: ScheduledProbe): string =>
  'cron' in every ? `${every.cron} (${every.timeZone})` : `every ${every.intervalMs / 1000} s`;

/** Time between two runs, the longest where it varies; undefined while the probe is switched off. */
function intervalOf({ every, enabled }: ProbeSchedule, wallMs: number): number | undefined {
  if (!enabled) return undefined;
  return 'cron' in every ? longestGapMs(every.cron, every.timeZone, wallMs) : every.intervalMs;
}

/** Makes an engine without probes. */
export function createProbeEngine(options: ProbeEngineOptions): ProbeEngine {
  const { clock, store, on } = options;
  const probes = new Map<string, ScheduledProbe>();
  const records = new Map<string, ProbeRecord>();
  const readers = new Map<string, CredentialReader>();
  const unwritten = new Set<string>();

  const recordOf = (name: string): ProbeRecord => records.get(name) ?? emptyRecord;
  const keep = (name: string, record: ProbeRecord): void => {
    records.set(name, record);
    unwritten.add(name);
  };

  const readerOf = (name: string): CredentialReader => {
    const reader = readers.get(name) ?? createCredentialReader(options.env);
    readers.set(name, reader);
    return reader;
  };

  const toolsFor = async (
    { check, name }: ProbeDefinition,
    withHistory: boolean,
  ): Promise<ToolSnapshot | undefined> => {
    if (check.kind !== 'tools') return undefined;
    if (check.snapshotFile !== undefined) return options.readTools(check.snapshotFile);
    if (!withHistory) return undefined;
    return (records.get(name) ?? (await readRecord(name))).recordedTools;
  };

  const run = async (
    definition: ProbeDefinition,
    readCredentials: CredentialReader,
    withHistory: boolean,
    signal?: AbortSignal,
  ): Promise<ProbeResult> => {
    const recordedTools = await toolsFor(definition, withHistory);
    const result = await runProbe(definition, {
      clock,
      readCredentials,
      recordedTools,
      ...(signal && { signal }),
    });
    const baselineMs = options.baselineMs(definition);
    return baselineMs === undefined ? result : { ...result, baselineMs };
  };

  const scheduler = createProbeScheduler({
    clock,
    run: ({ definition }, signal) => run(definition, readerOf(definition.name), true, signal),
    onResult: ({ definition: { name }, schedule }, result) => {
      const before = recordOf(name);
      const after = withResult(before, result, schedule);
      keep(name, after);
      on.result(name, result, before, after);
    },
    onSkip: ({ definition }, reason) => on.skip(definition.name, reason),
    onLateness: on.lateness,
    onError: on.error,
  });

  const readRecord = async (name: string): Promise<ProbeRecord> => {
    const bytes = await store?.readState(stateName(name));
    if (bytes === undefined) return emptyRecord;
    try {
      return decodeRecord(bytes);
    } catch (error) {
      await store?.setAside(stateName(name), messageOf(error));
      return emptyRecord;
    }
  };

  const write = async (): Promise<void> => {
    const names = [...unwritten];
    unwritten.clear();
    for (const name of names) {
      const record = records.get(name);
      if (record !== undefined) await store?.writeState(stateName(name), encodeRecord(record));
    }
  };
  // One after the other: two writes of one file must not overtake each other.
  let writing = Promise.resolve();
  const writeSoon = (): void => {
    writing = writing.then(write).catch(on.error);
  };
  const timer = store && setInterval(writeSoon, WRITE_MS).unref();

  const summaryOf = (probe: ScheduledProbe): ProbeSummary => {
    const { definition } = probe;
    const record = recordOf(definition.name);
    const { stateSinceMs, lastSuccessMs, certificateExpiryMs, drift, runs } = record;
    const baselineMs = options.baselineMs(definition);
    const [lastRun] = runs;
    return {
      name: definition.name,
      kind: definition.check.kind,
      target: targetText(definition),
      schedule: scheduleText(probe),
      enabled: scheduler.isEnabled(definition.name),
      state: record.count.state,
      ...(stateSinceMs !== undefined && { stateSinceMs }),
      ...(lastRun && { lastRun }),
      ...(lastSuccessMs !== undefined && { lastSuccessMs }),
      ...(certificateExpiryMs !== undefined && { certificateExpiryMs }),
      ...(baselineMs !== undefined && { baselineMs }),
      ...(drift && { drift }),
    };
  };

  return {
    apply: async (wanted, maintenance) => {
      for (const { definition } of wanted) {
        const { name } = definition;
        if (!records.has(name)) records.set(name, await readRecord(name));
      }
      scheduler.apply(wanted, maintenance);
      const names = new Set(wanted.map(({ definition }) => definition.name));
      for (const name of probes.keys()) {
        if (names.has(name)) continue;
        probes.delete(name);
        readers.delete(name);
        on.gone(name);
      }
      for (const probe of wanted) {
        const { name } = probe.definition;
        probes.set(name, probe);
        on.known(probe, recordOf(name), intervalOf(probe.schedule, clock.wallMs()));
      }
    },
    list: () => [...probes.values()].map(summaryOf),
    detail: (name) => {
      const probe = probes.get(name);
      if (probe === undefined) return undefined;
      const { runs, failures, last } = recordOf(name);
      return { ...summaryOf(probe), runs, failures, ...(last && { last }) };
    },
    setEnabled: (name, enabled) => {
      const probe = probes.get(name);
      if (probe === undefined || !scheduler.setEnabled(name, enabled)) return false;
      on.known(probe, recordOf(name), intervalOf({ ...probe.schedule, enabled }, clock.wallMs()));
      return true;
    },
    acceptTools: (name) => {
      const check = probes.get(name)?.definition.check;
      // A list that is a file is its owner's to change.
      if (check?.kind !== 'tools' || check.snapshotFile !== undefined) return false;
      const accepted = withToolsAccepted(recordOf(name));
      if (accepted === undefined) return false;
      keep(name, accepted);
      return true;
    },
    runOnce: (definition, withHistory = false) =>
      run(definition, createCredentialReader(options.env), withHistory),
    stop: async () => {
      clearInterval(timer);
      await scheduler.stop();
      writeSoon();
      await writing;
    },
  };
}
