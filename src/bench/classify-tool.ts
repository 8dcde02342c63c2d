import type { DeclaredTool } from './declared-tool.ts';
import type { ToolClass } from './profile.ts';

/** What a tool counts as, and what says so. */
export interface Classified {
  readonly class: ToolClass;
  readonly by: 'annotation' | 'name';
}

/** Words that are in the names of tools that compute much, or ask others. */
const COMPLEX =
  /^(aggregat|analy[sz]|compar|comput|crawl|evaluat|export|forecast|generat|import|index|predict|process|render|report|research|search|simulat|summar|train|translat)/;
const WRITE =
  /^(add|append|apply|approve|assign|book|cancel|close|commit|copy|create|edit|import|insert|merge|modify|move|open|patch|post|publish|push|put|record|register|rename|reply|save|schedule|send|set|store|submit|sync|tag|update|upload|upsert|write|batch)$/;
const READ =
  /^(browse|check|count|describe|diff|echo|exists|fetch|find|get|head|inspect|is|list|lookup|ping|query|read|resolve|retrieve|search|show|stat|status|tail|validate|view)$/;
const DESTROYING =
  /^(clear|delete|destroy|drop|erase|kill|purge|remove|reset|revoke|shutdown|terminate|truncate|uninstall|wipe)$/;

/** The words of a name: `getUser`, `get_user` and `get-user` are alike. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

/**
 * Says whether a tool may destroy something: it says so itself, or its name does and nothing denies it. MCP takes a
 * tool without hints for destructive; nothing would be left to call of most servers.
 */
export function isDestructive({ name, annotations }: DeclaredTool): boolean {
  if (annotations.readOnlyHint === true) return false;
  if (annotations.destructiveHint !== undefined) return annotations.destructiveHint;
  return wordsOf(name).some((word) => DESTROYING.test(word));
}

/** Sorts a tool into a class by its annotations, else by the words of its name; what says nothing counts as write. */
export function classifyTool({ name, annotations }: DeclaredTool): Classified {
  const { readOnlyHint, openWorldHint } = annotations;
  const words = wordsOf(name);
  if (readOnlyHint === true && openWorldHint === true) return { class: 'complex', by: 'annotation' };
  // How much a read computes no annotation says.
  if (words.some((word) => COMPLEX.test(word)) && !words.some((word) => WRITE.test(word)))
    return { class: 'complex', by: 'name' };
  if (readOnlyHint !== undefined) return { class: readOnlyHint ? 'read' : 'write', by: 'annotation' };
  const verb = words.find((word) => READ.test(word) || WRITE.test(word));
  return { class: verb !== undefined && READ.test(verb) ? 'read' : 'write', by: 'name' };
}
