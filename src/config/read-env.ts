import { coerce } from './coerce.ts';
import type { Layer } from './layer.ts';
import { settings } from './list-settings.ts';
import { pathText, setValueAt } from './raw-settings.ts';
import type { Path, RawSettings } from './raw-settings.ts';
import { secrets } from './secrets.ts';
import { didYouMean } from './suggest.ts';

/** The variable that names the file to load. */
export const configVariable = 'MCP_VITALS_CONFIG';

/** Set by Kubernetes in every pod beside a Service named mcp-vitals; not meant for us. */
const injectedForService = /^MCP_VITALS_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

/** Reads the settings in the environment; an empty variable counts as not set. */
export function readEnv(env: NodeJS.ProcessEnv): Layer {
  const raw: RawSettings = {};
  const sources = new Map<string, string>();
  const problems: string[] = [];
  const known = new Set<string>([configVariable, ...secrets.map((secret) => secret.env)]);
  for (const setting of settings) {
    for (const name of setting.env) known.add(name);
    const given = setting.env.filter((name) => (env[name] ?? '') !== '');
    const [name, second] = given;
    if (name === undefined) continue;
    if (second !== undefined && env[name] !== env[second]) {
      problems.push(`${second} ${setting.name}: want it once, got ${name} as well with another value`);
    }
    setValueAt(raw, setting.path, coerce(env[name] ?? '', setting.meta.kind));
    sources.set(setting.name, name);
  }
  for (const name of Object.keys(env).toSorted()) {
    if (name.startsWith('MCP_VITALS_') && !known.has(name) && !injectedForService.test(name)) {
      problems.push(`${name}: unknown variable${didYouMean(name, [...known])}`);
    }
  }
  const sourceOf = (path: Path) =>
    path.map((_, i) => sources.get(pathText(path.slice(0, i + 1)))).find((source) => source !== undefined) ??
    'environment';
  return { raw, sourceOf, problems };
}
