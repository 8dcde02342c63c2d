import { loadConfig } from '../config/load-config.ts';
import { systemClock } from '../model/clock.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { startSidecar, type Sidecar } from './sidecar.ts';
import { untilSignal } from './signals.ts';
import { createLog } from './write-log.ts';
import { errorMessage } from './error-text.ts';

/** `mcp-vitals serve`: forwards the traffic of an HTTP server and measures it, until SIGTERM or SIGINT. */
export async function serve(argv: readonly string[], io: CommandIo): Promise<number> {
  const load = () => loadConfig({ env: io.env, flags: argv, requireUpstream: true });
  const loaded = load();
  if (!loaded.ok) {
    printProblems(io, loaded.problems);
    return exitCode.misused;
  }
  let { log: logSettings } = loaded.config;
  const log = createLog(io.stderr, () => logSettings);
  let sidecar: Sidecar;
  try {
    sidecar = await startSidecar(loaded.config, { log, clock: systemClock });
  } catch (error) {
    printProblems(io, [errorMessage(error)]);
    return exitCode.misused;
  }
  const reload = (): readonly string[] => {
    try {
      const reloaded = load();
      if (!reloaded.ok) return reloaded.problems;
      sidecar.reload(reloaded.config);
      logSettings = reloaded.config.log;
      return [];
    } catch (error) {
      return [errorMessage(error)];
    }
  };
  const onHangUp = (): void => {
    const problems = reload();
    if (problems.length === 0) {
      log('info', 'configuration reloaded');
      return;
    }
    sidecar.reloadFailed();
    for (const problem of problems) log('error', `configuration not reloaded: ${problem}`);
  };
  process.on('SIGHUP', onHangUp);
  const signal = await untilSignal(['SIGTERM', 'SIGINT']);
  log('info', `${signal}: letting requests finish`);
  process.off('SIGHUP', onHangUp);
  await sidecar.stop();
  log('info', 'stopped');
  return exitCode.ok;
}
