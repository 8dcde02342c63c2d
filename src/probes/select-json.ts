import { compile } from 'json-p3';

/**
 * What a JSON path (RFC 9535) selects, in order.
 * @throws Error of the path's syntax; a configuration is checked before.
 */
export function selectJson(document: unknown, path: string): readonly unknown[] {
  // Everything asked comes from JSON.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const value = document as Parameters<ReturnType<typeof compile>['query']>[0];
  return compile(path).query(value).values();
}

/** What is wrong with a JSON path; undefined for a valid one. */
export function jsonPathProblem(path: string): string | undefined {
  try {
    compile(path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
