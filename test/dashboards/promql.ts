import { createRequire } from 'node:module';
import type { ensureSyntaxTree } from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { z } from 'zod';

/** A metric in an expression. */
export interface Selector {
  readonly metric: string;
  /** As written, e.g. `job=~"$job"`. */
  readonly matchers: readonly string[];
  /** Range in brackets as written; empty without one. */
  readonly range: string;
  /** The function that takes it; empty without one. */
  readonly inFunction: string;
}

const textOf = (expr: string, node: SyntaxNode | null | undefined): string =>
  node ? expr.slice(node.from, node.to) : '';

function functionOf(expr: string, node: SyntaxNode): string {
  const call = node.parent?.name === 'FunctionCallBody' ? node.parent.parent : null;
  return textOf(expr, call?.getChild('FunctionIdentifier'));
}

/** Every metric that an expression names, by Prometheus' own grammar. */
export function selectorsOf(expr: string): Selector[] {
  const found: Selector[] = [];
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return;
      const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
      const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : undefined;
      found.push({
        metric: textOf(expr, node.getChild('Identifier')),
        matchers: matchers.map((each) => textOf(expr, each)),
        range: textOf(expr, matrix?.getChild('DurationExpr')),
        inFunction: functionOf(expr, matrix ?? node),
      });
    },
  });
  return found;
}

/** Where the grammar of Prometheus does not take an expression; empty where it does. */
export function syntaxErrors(expr: string): string[] {
  const errors: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(`at ${from}: ${expr.slice(from, from + 20)}`);
    },
  });
  return errors;
}

interface TypeChecker {
  analyze: () => void;
  getDiagnostics: () => readonly { readonly message: string }[];
}

// Its build for modules has imports that Node does not resolve.
const require = createRequire(import.meta.url);
const checker: {
  Parser: new (state: EditorState) => TypeChecker;
} = require('@prometheus-io/codemirror-promql/dist/cjs/parser/index.js');
const language: { promQLLanguage: (top: string) => Extension } = require('@prometheus-io/codemirror-promql');
const { EditorState: State } = z
  .object({ EditorState: z.custom<typeof EditorState>() })
  .parse(require('@codemirror/state'));
const { ensureSyntaxTree: ensure } = z
  .object({ ensureSyntaxTree: z.custom<typeof ensureSyntaxTree>() })
  .parse(require('@codemirror/language'));

/** An editor parses for a few milliseconds and goes on later; here all of it has to be there. */
const PARSE_MS = 10_000;

/** What the type-checker of Prometheus' own editor says of an expression. */
export function typeErrors(expr: string): string[] {
  const state = State.create({ doc: expr, extensions: [language.promQLLanguage('PromQL')] });
  if (ensure(state, expr.length, PARSE_MS) === null)
    throw new Error(`parse: want an end of ${expr}, got none`);
  const parsed = new checker.Parser(state.update({}).state);
  parsed.analyze();
  return parsed.getDiagnostics().map(({ message }) => message);
}
