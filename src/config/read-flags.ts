import { coerce } from './coerce.ts';
import type { Layer } from './layer.ts';
import { settings } from './list-settings.ts';
import type { Setting } from './list-settings.ts';
import { pathText, setValueAt } from './raw-settings.ts';
import type { Path, RawSettings } from './raw-settings.ts';
import { secretElsewhere } from './secrets.ts';
import { didYouMean } from './suggest.ts';

/** The flags, read, and the file that `--config` or `-c` names. */
export interface FlagLayer extends Layer {
  readonly configFile?: string;
}

const settingByFlag: ReadonlyMap<string, Setting> = new Map(
  settings.flatMap((each) => each.flags.map((flag) => [flag, each] as const)),
);
const configFlags = ['--config', '-c'];

function unknownFlag(flag: string): string {
  const elsewhere = secretElsewhere(flag.slice(2));
  if (elsewhere !== undefined) return `${flag}: ${elsewhere}`;
  return `${flag}: unknown flag${didYouMean(flag, [...settingByFlag.keys(), '--config'])}`;
}

/** The value of a flag among the arguments after it, and how many of them it takes; undefined if it has none. */
function valueAfter(setting: Setting | undefined, next: string | undefined): [string, number] | undefined {
  if (setting?.meta.kind === 'boolean') return next === 'true' || next === 'false' ? [next, 1] : ['true', 0];
  return next === undefined || next.startsWith('--') ? undefined : [next, 1];
}

/**
 * Reads settings in arguments: `--name value`, `--name=value`, a bare `--name` for true, `--no-name` for false.
 * The last one wins where a setting is given more than once.
 */
export function readFlags(args: readonly string[]): FlagLayer {
  const raw: RawSettings = {};
  const sources = new Map<string, string>();
  const problems: string[] = [];
  let configFile: string | undefined;
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-') || arg === '-') {
      // Not quoted: it may be anything, a secret too.
      problems.push('argument without a flag: want one such as --upstream before it, got none');
      continue;
    }
    const equals = arg.indexOf('=');
    const flag = equals === -1 ? arg : arg.slice(0, equals);
    const inline = equals === -1 ? undefined : arg.slice(equals + 1);
    const negated = settingByFlag.get(`--${flag.slice('--no-'.length)}`);
    if (flag.startsWith('--no-') && negated?.meta.kind === 'boolean' && inline === undefined) {
      setValueAt(raw, negated.path, false);
      sources.set(negated.name, flag);
      continue;
    }
    const setting = settingByFlag.get(flag);
    if (setting === undefined && !configFlags.includes(flag)) {
      problems.push(unknownFlag(flag));
      // What follows an unknown flag was most likely its value: not a problem of its own, and perhaps a secret.
      if (inline === undefined && args[i + 1]?.startsWith('-') === false) i += 1;
      continue;
    }
    const taken = inline === undefined ? valueAfter(setting, args[i + 1]) : ([inline, 0] as const);
    if (taken === undefined || taken[0] === '') {
      problems.push(`${flag}: want a value, got none`);
      i += taken?.[1] ?? 0;
      continue;
    }
    i += taken[1];
    if (setting === undefined) configFile = taken[0];
    else {
      setValueAt(raw, setting.path, coerce(taken[0], setting.meta.kind));
      sources.set(setting.name, flag);
    }
  }
  const sourceOf = (path: Path) =>
    path.map((_, i) => sources.get(pathText(path.slice(0, i + 1)))).find((source) => source !== undefined) ??
    'flags';
  return { raw, sourceOf, problems, ...(configFile === undefined ? {} : { configFile }) };
}
