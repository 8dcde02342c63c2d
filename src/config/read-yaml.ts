import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { YAMLError } from 'yaml';
import { sectionShorthand } from './list-settings.ts';
import { expandShorthand } from './layer.ts';
import type { Layer } from './layer.ts';
import { isMapping, valueText } from './raw-settings.ts';
import type { Path } from './raw-settings.ts';

/** Why a file could not be read, in a few words. */
export function whyUnreadable(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of its path is no directory',
  };
  return known[code] ?? (code === '' ? String(error) : code);
}

/** The offset of the key or list entry nearest to where a path leads. */
function offsetOf(root: unknown, path: Path): number {
  let node = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const step of path) {
    let landmark: unknown;
    if (isSeq(node)) {
      landmark = node.items[Number(step)];
      node = landmark;
    } else if (isMap(node)) {
      const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === String(step));
      landmark = pair?.key;
      node = pair?.value;
    }
    if (!isNode(landmark)) return offset;
    offset = landmark.range?.[0] ?? offset;
  }
  return offset;
}

/** What the parser says, without the text it quotes after a colon: that may be anything, a secret too. */
function faultText({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'want one YAML document, got several';
  if (code === 'DUPLICATE_KEY') return 'want every key once, got this one again';
  return `want YAML, got: ${message.split(/: |\n/, 1)[0] ?? code}`;
}

const failed = (problem: string): Layer => ({
  raw: {},
  sourceOf: () => '',
  problems: [problem],
  unreadable: true,
});

/** Reads the settings in the text of a YAML file; `file` is its name as the operator gave it. */
export function readYamlText(file: string, text: string): Layer {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.map((fault) => `${lineAt(fault.pos[0])}: ${faultText(fault)}`);
    return { raw: {}, sourceOf: () => file, problems, unreadable: true };
  }
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (error) {
    // An alias without its anchor, or aliases that multiply beyond the parser's limit.
    return failed(`${file}: want YAML, got: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (raw === null || raw === undefined) return { raw: {}, sourceOf: () => file, problems: [] };
  const lineOf = (path: Path) => lines.linePos(offsetOf(document.contents, path)).line;
  const sourceOf = (path: Path) => `${file}:${lineOf(path)}`;
  if (!isMapping(raw)) return failed(`${sourceOf([])}: want a mapping of settings, got ${valueText(raw)}`);
  return { raw: expandShorthand(raw, sectionShorthand), sourceOf, lineOf, problems: [] };
}

/** Reads the settings in a YAML file. */
export function readYaml(file: string): Layer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return failed(`${file}: want a readable file, got none (${whyUnreadable(error)})`);
  }
  return readYamlText(file, text);
}
