import { loadConfig, type ConfigSources, type LoadedConfig } from '../config/load-config.ts';
import { readBaseline } from './read-baseline.ts';

/** Loads the configuration and checks the baseline that it names; every problem is one line. */
export function loadSettings(sources: ConfigSources): LoadedConfig {
  const loaded = loadConfig(sources);
  if (!loaded.ok) return loaded;
  const baseline = readBaseline(loaded.config);
  return baseline.ok ? loaded : baseline;
}
