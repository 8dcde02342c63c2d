/** One import of a file; `specifier` is undefined where it is not a plain string. */
export interface Import {
  readonly specifier: string | undefined;
}

// Strings stay (an import's specifier is one, and `//` may stand in one), comments go.
const stringOrComment =
  /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

const staticImport = /^[ \t]*(?:import|export)\b(?:[^'"`;=()]*?\bfrom\b)?\s*(['"])(.+?)\1/gm;
const dynamicImport = /(?<![.\w])import\s*\(\s*(?:(['"`])([^'"`$]+?)\1\s*[,)])?/g;

/** Every import of a file: static, type-only, re-exported and dynamic. */
export function importSpecifiers(code: string): Import[] {
  const bare = code.replaceAll(stringOrComment, (_, text: string | undefined) => text ?? ' ');
  return [...bare.matchAll(staticImport), ...bare.matchAll(dynamicImport)].map((match) => ({
    specifier: match[2],
  }));
}
