import { ProbeFailure } from './probe-failure.ts';

/** Values that earlier steps captured, by name. */
export type Captured = ReadonlyMap<string, unknown>;

const placeholder = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;
const wholePlaceholder = /^\{\{\s*([A-Za-z_]\w*)\s*\}\}$/;

function valueOf(name: string, captured: Captured): unknown {
  if (!captured.has(name))
    throw new ProbeFailure('assertion', `{{${name}}}: want a value captured before, got none`);
  return captured.get(name);
}

/** Names that a template refers to. */
export function placeholdersOf(template: unknown): readonly string[] {
  if (typeof template === 'string') return [...template.matchAll(placeholder)].map(([, name = '']) => name);
  if (Array.isArray(template)) return template.flatMap(placeholdersOf);
  if (typeof template === 'object' && template !== null)
    return Object.values(template).flatMap(placeholdersOf);
  return [];
}

/**
 * A copy of JSON with `{{name}}` in its texts replaced by captured values; a
 * text that is nothing but a placeholder becomes the value itself, of any type.
 * @throws ProbeFailure `assertion` for a name that was not captured.
 */
export function fillTemplate(template: unknown, captured: Captured): unknown {
  if (typeof template === 'string') {
    const whole = wholePlaceholder.exec(template)?.[1];
    if (whole !== undefined) return valueOf(whole, captured);
    return template.replaceAll(placeholder, (_, name: string) => {
      const value = valueOf(name, captured);
      return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    });
  }
  if (Array.isArray(template)) return template.map((each) => fillTemplate(each, captured));
  if (typeof template === 'object' && template !== null) {
    return Object.fromEntries(
      Object.entries(template).map(([key, value]) => [key, fillTemplate(value, captured)]),
    );
  }
  return template;
}
