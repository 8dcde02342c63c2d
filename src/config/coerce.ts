import { parseDocument } from 'yaml';
import type { SettingKind } from './setting-meta.ts';

/**
 * Turns the text of a variable or a flag into the plain value that would stand in the file; what cannot be
 * turned stays text, for the schema to refuse.
 */
export function coerce(text: string, kind: SettingKind): unknown {
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (kind === 'integer' || kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (kind !== 'map' && kind !== 'list') return text;
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0 || document.warnings.length > 0) return text;
  try {
    return document.toJS() as unknown;
  } catch {
    return text;
  }
}
