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
