/** What a PromQL expression refers to by name. */
export interface ExpressionNames {
  readonly metrics: readonly string[];
  /** Durations in brackets and after offset, as written. */
  readonly durations: readonly string[];
}

const KEYWORDS = new Set([
  'and',
  'or',
  'unless',
  'on',
  'ignoring',
  'by',
  'without',
  'group_left',
  'group_right',
  'offset',
  'bool',
  'Inf',
  'NaN',
]);

/** Text without strings, matchers and grouping labels: what is left are functions, operators and metrics. */
function bare(expr: string): string {
  return expr
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\boffset\s+\w+/g, ' ');
}

/** Names of metrics and durations in an expression of these rules; it is no parser, promtool is. */
export function expressionNames(expr: string): ExpressionNames {
  const names = [...bare(expr).matchAll(/(?<![\w.])[A-Za-z_:][A-Za-z0-9_:]*(?=(\s*\()?)/g)]
    .filter(([name, call]) => call === undefined && !KEYWORDS.has(name))
    .map(([name]) => name);
  // Aggregations may have their grouping before their parentheses.
  const aggregations = new Set(['sum', 'max', 'min', 'avg', 'count', 'topk']);
  const durations = [...expr.matchAll(/\[([^\]:]+)[^\]]*\]|\boffset\s+(\w+)/g)].map(
    ([, range, offset]) => range ?? offset ?? '',
  );
  return { metrics: [...new Set(names.filter((name) => !aggregations.has(name)))], durations };
}
