import { wholeBelow } from './random.ts';

/** How often what may come any number of times does. */
const MOST_MORE = 3;

const between = (first: string, last: string): string => {
  let all = '';
  for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code += 1)
    all += String.fromCharCode(code);
  return all;
};

const DIGITS = between('0', '9');
const LETTERS = between('a', 'z') + between('A', 'Z');
const WORD = `${LETTERS}${DIGITS}_`;
/** What stands for any character: plain ones, whatever else would match. */
const ANY = between('a', 'z') + DIGITS;

/** Characters that an escape stands for; undefined for one that is beyond this reader. */
function escaped(letter: string | undefined): string | undefined {
  switch (letter) {
    case 'd':
      return DIGITS;
    case 'w':
      return WORD;
    case 's':
      return ' ';
    case 'D':
    case 'S':
    case 'W':
      return letter === 'S' ? ANY : letter === 'D' ? LETTERS : '-';
    case undefined:
      return undefined;
    default:
      return /[A-Za-z0-9]/.test(letter) ? undefined : letter;
  }
}

/** What was read of a pattern from a place on. */
interface Read<T> {
  readonly value: T;
  readonly next: number;
}

function readClass(pattern: string, from: number): Read<string> | undefined {
  let at = from;
  const isNegated = pattern[at] === '^';
  if (isNegated) at += 1;
  let chosen = '';
  while (at < pattern.length && pattern[at] !== ']') {
    const single = pattern[at] === '\\' ? escaped(pattern[at + 1]) : pattern[at];
    if (single === undefined) return undefined;
    at += pattern[at] === '\\' ? 2 : 1;
    const last = pattern[at + 1];
    if (pattern[at] === '-' && last !== undefined && last !== ']' && last !== '\\' && single.length === 1) {
      chosen += between(single, last);
      at += 2;
    } else chosen += single;
  }
  if (pattern[at] !== ']') return undefined;
  const left = isNegated
    ? `${WORD}-. `
        .split('')
        .filter((each) => !chosen.includes(each))
        .join('')
    : chosen;
  return left === '' ? undefined : { value: left, next: at + 1 };
}

function readCount(pattern: string, at: number): Read<readonly [least: number, most: number]> {
  const [whole, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(pattern.slice(at)) ?? [];
  const lazy = (next: number): number => (pattern[next] === '?' ? next + 1 : next);
  switch (pattern[at]) {
    case '*':
      return { value: [0, MOST_MORE], next: lazy(at + 1) };
    case '+':
      return { value: [1, 1 + MOST_MORE], next: lazy(at + 1) };
    case '?':
      return { value: [0, 1], next: lazy(at + 1) };
    default:
      if (whole === undefined) return { value: [1, 1], next: at };
  }
  const from = Number(least);
  const to = comma === '' ? from : most === '' ? from + MOST_MORE : Number(most);
  return { value: [from, to], next: lazy(at + whole.length) };
}

/**
 * Makes up a text that matches a simple pattern: characters, classes, groups, alternatives and counts.
 * @returns undefined for a pattern that this does not understand; what it gives always matches.
 */
export function textOfPattern(pattern: string, random: () => number): string | undefined {
  const pick = (from: string): string => from[wholeBelow(random, from.length)] ?? '';

  /** Alternatives up to the end or a closing bracket: a maker of one of them. */
  const readAlternatives = (from: number): Read<() => string> | undefined => {
    const alternatives: (() => string)[][] = [[]];
    let at = from;
    while (at < pattern.length && pattern[at] !== ')') {
      if (pattern[at] === '|') {
        alternatives.push([]);
        at += 1;
        continue;
      }
      if (pattern[at] === '^' || pattern[at] === '$') {
        at += 1;
        continue;
      }
      const atom = readAtom(at);
      if (atom === undefined) return undefined;
      const {
        value: [least, most],
        next,
      } = readCount(pattern, atom.next);
      at = next;
      alternatives.at(-1)?.push(() => {
        const count = least + wholeBelow(random, Math.min(most - least, MOST_MORE) + 1);
        return Array.from({ length: count }, atom.value).join('');
      });
    }
    const make = (): string =>
      (alternatives[wholeBelow(random, alternatives.length)] ?? []).map((part) => part()).join('');
    return { value: make, next: at };
  };

  const readAtom = (at: number): Read<() => string> | undefined => {
    const letter = pattern[at];
    if (letter === '(') {
      const plain = pattern[at + 1] !== '?';
      if (!plain && pattern[at + 2] !== ':') return undefined;
      const inner = readAlternatives(at + (plain ? 1 : 3));
      return inner === undefined || pattern[inner.next] !== ')'
        ? undefined
        : { value: inner.value, next: inner.next + 1 };
    }
    if (letter === '[') {
      const chosen = readClass(pattern, at + 1);
      return chosen && { value: () => pick(chosen.value), next: chosen.next };
    }
    if (letter === '\\') {
      const chosen = escaped(pattern[at + 1]);
      return chosen === undefined ? undefined : { value: () => pick(chosen), next: at + 2 };
    }
    if (letter === undefined || '*+?{'.includes(letter)) return undefined;
    return { value: () => (letter === '.' ? pick(ANY) : letter), next: at + 1 };
  };

  const made = readAlternatives(0);
  if (made === undefined || made.next < pattern.length) return undefined;
  const text = made.value();
  try {
    return new RegExp(pattern, 'u').test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
