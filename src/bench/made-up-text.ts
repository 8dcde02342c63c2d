import { numberIn, type Schema } from './json-schema.ts';
import { wholeBelow } from './random.ts';
import { TEXT_FORMATS } from './text-formats.ts';
import { textOfPattern } from './text-of-pattern.ts';

/** Ids are drawn from 1 to this. */
const USUAL_IDS = 1000;
const WORDS = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliett'];

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return false;
  }
}

/**
 * Makes up a text that fits its schema's pattern, format and length.
 * @param name of the property; what is an id by its name is a number.
 */
export function makeUpText(schema: Schema, name: string, random: () => number): string {
  const format = typeof schema['format'] === 'string' ? TEXT_FORMATS[schema['format']] : undefined;
  const pattern = schema['pattern'];
  const least = numberIn(schema, 'minLength') ?? 0;
  const most = numberIn(schema, 'maxLength') ?? Infinity;
  const isId = /(^|[_\-.])id$|Id$|^id$/.test(name);
  if (typeof pattern === 'string') {
    const id = String(1 + wholeBelow(random, USUAL_IDS));
    if (isId && matches(pattern, id) && id.length >= least) return id;
    // Of several that match, one may have the length that is wanted.
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const text = textOfPattern(pattern, random);
      if (text !== undefined && text.length >= least && text.length <= most) return text;
    }
  }
  if (format !== undefined) return format(random);
  const word = isId
    ? String(1 + wholeBelow(random, USUAL_IDS))
    : (WORDS[wholeBelow(random, WORDS.length)] ?? 'alpha');
  return word.padEnd(least, word).slice(0, most);
}
