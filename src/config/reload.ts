import type { Config } from './config.ts';
import { settings } from './list-settings.ts';
import { setValueAt, valueAt } from './raw-settings.ts';

/** A configuration to go on with after a reload. */
export interface Reloaded {
  readonly config: Config;
  /** Dotted names of settings that changed but keep their old value until a restart. */
  readonly needRestart: readonly string[];
}

const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);

/** What is new of the database; where it listens, and whether it does at all, stays. */
function databaseInForce(running: Config['database'], loaded: Config['database']): Config['database'] {
  if (running === undefined || loaded === undefined) return running;
  return { ...loaded, listen: running.listen };
}

/** What is shown: of settings that need a restart what they were at the start. */
function shownInForce(running: Config['shown'], loaded: Config['shown']): Config['shown'] {
  const shown = structuredClone(loaded);
  for (const { path, meta } of settings) {
    const value = valueAt(running, path);
    if (meta.restart === true && value !== undefined) setValueAt(shown, path, value);
  }
  return shown;
}

/**
 * What the sidecar goes on with when `loaded` was read while `running` was in force: everything new, apart from
 * what is bound at start (`instance`, `listen.address`, whether `listen.tls` and its `clientCaFile` are there,
 * `admin.address`, whether there is a `database` and its `listen`, `state.directory`, `server`,
 * `baseline.file`, `page.history`, `page.historySeries`).
 */
export function reload(running: Config, loaded: Config): Reloaded {
  const tlsToggled = (running.listen.tls === undefined) !== (loaded.listen.tls === undefined);
  // Whether a certificate is asked for is fixed when node:tls creates the server.
  const clientCaToggled =
    !tlsToggled &&
    (running.listen.tls?.clientCa === undefined) !== (loaded.listen.tls?.clientCa === undefined);
  const needRestart = [
    ...(running.instance === loaded.instance ? [] : ['instance']),
    ...(differ(running.listen.address, loaded.listen.address) ? ['listen.address'] : []),
    ...(tlsToggled ? ['listen.tls'] : []),
    ...(clientCaToggled ? ['listen.tls.clientCaFile'] : []),
    ...(differ(running.admin.address, loaded.admin.address) ? ['admin.address'] : []),
    ...(differ(running.database?.listen, loaded.database?.listen) ? ['database'] : []),
    ...(differ(running.state, loaded.state) ? ['state.directory'] : []),
    ...(differ(running.server, loaded.server) ? ['server'] : []),
    ...(differ(running.baseline, loaded.baseline) ? ['baseline.file'] : []),
    ...(running.page.historyMs === loaded.page.historyMs ? [] : ['page.history']),
    ...(running.page.historySeries === loaded.page.historySeries ? [] : ['page.historySeries']),
  ];
  const { database: _database, state: _state, ...rest } = loaded;
  const database = databaseInForce(running.database, loaded.database);
  const { tls, ...listen } = loaded.listen;
  const tlsInForce = tlsToggled || clientCaToggled ? running.listen.tls : tls;
  const config: Config = {
    ...rest,
    ...(database && { database }),
    ...(running.state && { state: running.state }),
    instance: running.instance,
    server: running.server,
    baseline: running.baseline,
    listen: { ...listen, address: running.listen.address, ...(tlsInForce && { tls: tlsInForce }) },
    admin: { ...loaded.admin, address: running.admin.address },
    page: { ...loaded.page, historyMs: running.page.historyMs, historySeries: running.page.historySeries },
    shown: shownInForce(running.shown, loaded.shown),
  };
  return { config, needRestart };
}
