import { dirname, isAbsolute, join } from 'node:path';
import type { Config } from './config.ts';
import { crossChecks } from './cross-checks.ts';
import { checkLayer } from './layer.ts';
import type { CheckedLayer, Layer } from './layer.ts';
import { settings } from './list-settings.ts';
import { mapTextsOfEntries, maskValuesOfEntries, setValueAt, valueAt } from './raw-settings.ts';
import type { RawSettings } from './raw-settings.ts';
import { readEnv, configVariable } from './read-env.ts';
import { readFlags } from './read-flags.ts';
import { probeSecretProblems } from './probe-checks.ts';
import { readSecrets } from './read-secrets.ts';
import { secrets } from './secrets.ts';
import { readYaml } from './read-yaml.ts';
import { settingsSchema } from './schema.ts';
import { toConfig } from './to-config.ts';

/** Where the configuration comes from. */
export interface ConfigSources {
  /** A YAML file; without it the one that `--config`, `-c` or `MCP_VITALS_CONFIG` names, or none. */
  readonly file?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Arguments after the command's name, as typed, e.g. `['--upstream', 'http://127.0.0.1:8000']`. */
  readonly flags: readonly string[];
  /** True where `upstream.url` must be there, as for `serve`. */
  readonly requireUpstream?: boolean;
}

/** The configuration, or every problem with it, one line each; neither a line nor `effective` holds a secret. */
export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Every setting as it would stand in a file, defaults included, a token masked. */
      readonly effective: Readonly<Record<string, unknown>>;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Paths in the file are relative to the file, so that they mean the same wherever the process starts. */
function anchorPaths(file: string, layer: Layer): Layer {
  const anchor = (path: string): string => (isAbsolute(path) ? path : join(dirname(file), path));
  for (const { path, meta } of settings) {
    const value = valueAt(layer.raw, path);
    if (meta.kind === 'file' && typeof value === 'string') setValueAt(layer.raw, path, anchor(value));
    if (meta.fileKeys !== undefined && value !== undefined) {
      setValueAt(layer.raw, path, mapTextsOfEntries(value, meta.fileKeys, meta.fileSections ?? [], anchor));
    }
  }
  return layer;
}

/** The layers' values over the defaults, the last layer on top, as they would stand in one file. */
function merge(layers: readonly CheckedLayer[]): RawSettings {
  const merged: RawSettings = {};
  for (const { name, path, defaultValue } of settings) {
    const value = layers.findLast(({ values }) => values.has(name))?.values.get(name) ?? defaultValue;
    if (value !== undefined) setValueAt(merged, path, value);
  }
  return merged;
}

/**
 * Loads the configuration: defaults, then the file, then the environment, then flags, each over the one before.
 * Every value is checked where it stands, even one that another overrides.
 */
export function loadConfig({ file, env, flags, requireUpstream = false }: ConfigSources): LoadedConfig {
  const flagLayer = readFlags(flags);
  const problems: string[] = [];
  if (file !== undefined && flagLayer.configFile !== undefined) {
    problems.push(`--config: want one file, got ${JSON.stringify(file)} as well`);
  }
  const chosen = file ?? flagLayer.configFile ?? (env[configVariable] || undefined);
  const fileLayers = chosen === undefined ? [] : [anchorPaths(chosen, readYaml(chosen))];
  const layers = [...fileLayers, readEnv(env), flagLayer].map((layer) => checkLayer(layer));
  problems.push(...layers.flatMap((layer) => layer.problems));

  const broken = new Set(layers.flatMap((layer) => layer.broken));
  const isBroken = (name: string) => [...broken].some((bad) => name === bad || name.startsWith(`${bad}.`));
  const tell = (name: string, problem: string) => {
    const from = layers.findLast(({ values }) => values.has(name));
    const variable = secrets.find((secret) => secret.name === name)?.env;
    const source = from?.layer.sourceOf(name.split('.')) ?? variable;
    problems.push(`${source === undefined ? '' : `${source} `}${name}: ${problem}`);
  };

  const merged = merge(layers);
  const read = settingsSchema.parse(merged);
  const envSecrets = new Map(
    secrets.flatMap(({ name, env: variable }): [string, string][] => {
      const text = env[variable] ?? '';
      return text === '' ? [] : [[name, text]];
    }),
  );
  for (const { names, problem } of crossChecks(read, new Set(envSecrets.keys()))) {
    // Named is the one that was given: the other may be a default, which has no place.
    const given = names.find((name) => layers.some(({ values }) => values.has(name)));
    if (!names.some(isBroken)) tell(given ?? names[0], problem);
  }
  // With a file that cannot be read at all, what is missing may stand in it.
  const unknown = layers.some(({ layer }) => layer.unreadable === true);
  if (requireUpstream && read.upstream.url === undefined && !isBroken('upstream.url') && !unknown) {
    const names = '--upstream, MCP_VITALS_UPSTREAM, or upstream in the file';
    tell(
      'upstream.url',
      `want the MCP server's origin such as http://127.0.0.1:8000 (${names}), got nothing`,
    );
  }
  for (const { name, problem } of probeSecretProblems(read.probes, env)) tell(name, problem);
  const contents = readSecrets(read, envSecrets, tell);
  if (problems.length > 0) return { ok: false, problems };
  for (const name of envSecrets.keys()) setValueAt(merged, name.split('.'), '***');
  // A token may stand in a query.
  const masked = (url: string): string => url.replace(/\?.*$/s, '?***');
  for (const { path, meta } of settings) {
    const value = valueAt(merged, path);
    if (meta.kind === 'url' && typeof value === 'string') setValueAt(merged, path, masked(value));
    if (meta.urlKeys !== undefined)
      setValueAt(merged, path, mapTextsOfEntries(value, meta.urlKeys, [], masked));
    if (meta.maskedKeys !== undefined)
      setValueAt(merged, path, maskValuesOfEntries(valueAt(merged, path), meta.maskedKeys, '***'));
  }
  return { ok: true, config: toConfig(read, contents, merged), effective: merged };
}
