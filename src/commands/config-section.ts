import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config.ts';
import { settings } from '../config/list-settings.ts';
import { valueAt } from '../config/raw-settings.ts';
import { secrets } from '../config/secrets.ts';
import type { PageConfig } from '../model/page-config.ts';

/** Longer values are cut: a list of probes is not read on a page. */
const MOST_CHARS = 2000;

function oneLine(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}

/** The section of the configuration: what was loaded and is in force, secrets masked. */
export function configSection({ shown }: Pick<Config, 'shown'>): PageConfig {
  const rows = settings.flatMap(({ name, path, meta, defaultValue }) => {
    const value = valueAt(shown, path);
    if (value === undefined) return [];
    const isDefault = isDeepStrictEqual(value, defaultValue);
    return [{ name, value: oneLine(value), isDefault, about: meta.about }];
  });
  const given = secrets.filter(({ name }) => valueAt(shown, name.split('.')) !== undefined);
  return {
    settings: [
      ...rows,
      ...given.map(({ name, env }) => ({
        name,
        value: '***',
        isDefault: false,
        about: `Given by the variable ${env}.`,
      })),
    ],
  };
}
