import { loadSettings } from './load-settings.ts';
import { systemClock } from '../model/clock.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { startSidecar, type Sidecar } from './sidecar.ts';
import { untilSignal } from './signals.ts';
import { createLog } from './write-log.ts';
import { errorMessage } from './error-text.ts';

/** `mcp-vitals serve`: forwards the traffic of an HTTP server and measures it, until SIGTERM or SIGINT. */
export async function serve(argv: readonly string[], io: CommandIo): Promise<number> {
  const load = () => loadSettings({ env: io.env, flags: argv, requireUpstream: true });
  const loaded = load();
  if (!loaded.ok) {
    printProblems(io, loaded.problems);
    return exitCode.misused;
  }
  let { log: logSettings } = loaded.config;
  const log = createLog(io.stderr, () => logSettings);
  // From the start: a signal that came before its handler would end the process.
  const startFailed = new AbortController();
  const stopping = untilSignal(['SIGTERM', 'SIGINT'], startFailed.signal);
  let sidecar: Sidecar | undefined;
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  let isReloadDue = false;
  const reload = (running: Sidecar): readonly string[] => {
    try {
      const reloaded = load();
      if (!reloaded.ok) return reloaded.problems;
      running.reload(reloaded.config);
      logSettings = reloaded.config.log;
      return [];
    } catch (error) {
      return [errorMessage(error)];
    }
  };
  const onHangUp = (): void => {
    if (sidecar === undefined || phase !== 'running') {
      isReloadDue = phase === 'starting';
      log(
        'info',
        `SIGHUP: the configuration is ${isReloadDue ? 'reloaded after the start' : 'not reloaded while stopping'}`,
      );
      return;
    }
    const problems = reload(sidecar);
    if (problems.length === 0) {
      log('info', 'configuration reloaded');
      return;
    }
    sidecar.reloadFailed();
    for (const problem of problems) log('error', `configuration not reloaded: ${problem}`);
  };
  process.on('SIGHUP', onHangUp);
  try {
    sidecar = await startSidecar(loaded.config, { log, clock: systemClock, env: io.env });
  } catch (error) {
    process.off('SIGHUP', onHangUp);
    startFailed.abort();
    printProblems(io, [errorMessage(error)]);
    return exitCode.misused;
  }
  phase = 'running';
  if (isReloadDue) onHangUp();
  const signal = await stopping;
  phase = 'stopping';
  log('info', `${signal}: letting requests finish`);
  await sidecar.stop();
  process.off('SIGHUP', onHangUp);
  log('info', 'stopped');
  return exitCode.ok;
}
