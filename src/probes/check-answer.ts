import { isDeepStrictEqual } from 'node:util';
import type { Expectation, JsonAssertion } from '../model/probe.ts';
import { ProbeFailure } from './probe-failure.ts';
import { selectJson } from './select-json.ts';

/** An answer as expectations see it. */
export interface CheckedAnswer {
  /** What JSON paths start from. */
  readonly document: unknown;
  /** What regular expressions are held against. */
  readonly text: string;
  readonly bytes: number;
  readonly durationMs: number;
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

function jsonProblem(
  document: unknown,
  { path, equals, matches, exists }: JsonAssertion,
): string | undefined {
  const selected = selectJson(document, path);
  if (exists === false)
    return selected.length === 0 ? undefined : `${path}: want nothing, got ${quoted(selected[0])}`;
  const [first] = selected;
  if (selected.length === 0) return `${path}: want a value, got nothing`;
  if (equals !== undefined && !selected.every((value) => isDeepStrictEqual(value, equals))) {
    const other = selected.find((value) => !isDeepStrictEqual(value, equals)) ?? first;
    return `${path}: want ${quoted(equals)}, got ${quoted(other)}`;
  }
  const unmatched = matches && selected.find((value) => !matches.test(asText(value)));
  return unmatched === undefined ? undefined : `${path}: want ${String(matches)}, got ${quoted(unmatched)}`;
}

/** Every way in which an answer is not as expected, one line each. */
export function answerProblems(answer: CheckedAnswer, expect: Expectation): readonly string[] {
  const { text, bytes, durationMs } = answer;
  const { json = [], matches, notMatches, minBytes, maxBytes, maxDurationMs } = expect;
  return [
    ...json.flatMap((assertion) => jsonProblem(answer.document, assertion) ?? []),
    ...(matches !== undefined && !matches.test(text)
      ? [`text: want ${String(matches)}, got ${quoted(text)}`]
      : []),
    ...(notMatches?.test(text) === true
      ? [`text: want it without ${String(notMatches)}, got ${quoted(text)}`]
      : []),
    ...(minBytes !== undefined && bytes < minBytes
      ? [`size: want at least ${minBytes} bytes, got ${bytes}`]
      : []),
    ...(maxBytes !== undefined && bytes > maxBytes
      ? [`size: want at most ${maxBytes} bytes, got ${bytes}`]
      : []),
    ...(maxDurationMs !== undefined && durationMs > maxDurationMs
      ? [`duration: want at most ${maxDurationMs} ms, got ${Math.round(durationMs)} ms`]
      : []),
  ];
}

/**
 * Holds an answer against what is expected of it.
 * @throws ProbeFailure `assertion` with all that is wrong.
 */
export function checkAnswer(answer: CheckedAnswer, expect: Expectation): void {
  const problems = answerProblems(answer, expect);
  if (problems.length > 0) throw new ProbeFailure('assertion', problems.join('; '));
}
