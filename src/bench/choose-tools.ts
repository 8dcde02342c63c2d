import { listSome } from './list-some.ts';
import { classifyTool, isDestructive } from './classify-tool.ts';
import type { DeclaredTool } from './declared-tool.ts';
import type { BenchProfile, ToolChoice, ToolClass } from './profile.ts';

/** A tool that is called, with its part in the mix. */
export interface ChosenTool {
  readonly tool: DeclaredTool;
  readonly class: ToolClass;
  readonly share: number;
  /** What the user's profile says of it; undefined where it was found by itself. */
  readonly choice: ToolChoice | undefined;
}

/** The mix, or why there is none. */
export type ToolMix =
  | { readonly ok: true; readonly tools: readonly ChosenTool[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

const listed = (names: readonly string[]): string => listSome(names.toSorted());

/** Distributes the classes' shares over their tools; what a class without tools would have, the others get. */
function withShares(
  tools: readonly Omit<ChosenTool, 'share'>[],
  shares: BenchProfile['shares'],
): readonly ChosenTool[] {
  const weights = new Map<ToolClass, number>();
  const weightOf = ({ choice }: Omit<ChosenTool, 'share'>): number => choice?.weight ?? 1;
  for (const each of tools) weights.set(each.class, (weights.get(each.class) ?? 0) + weightOf(each));
  const sum = [...weights.keys()].reduce((total, each) => total + shares[each], 0);
  return tools.map((each) => ({
    ...each,
    share: sum === 0 ? 0 : ((shares[each.class] / sum) * weightOf(each)) / (weights.get(each.class) ?? 1),
  }));
}

/**
 * Chooses which tools are called and how often. Destructive tools and such as can only run as tasks are left out unless
 * they are named; what was concluded from a name instead of an annotation is said in the notes.
 */
export function chooseTools(declared: readonly DeclaredTool[], profile: BenchProfile): ToolMix {
  const { tools: choices, only, exclude, shares } = profile;
  const named = new Map(choices.map((choice) => [choice.name, choice]));
  const known = new Set(declared.map((tool) => tool.name));
  const missing = [...named.keys(), ...exclude].filter((name) => !known.has(name));
  if (missing.length > 0) {
    return {
      ok: false,
      problems: missing.map(
        (name) => `tool ${name}: want one of ${listed([...known]) || 'none'}, got no such tool`,
      ),
    };
  }
  const destructive: string[] = [];
  const tasks: string[] = [];
  const guessed = new Map<ToolClass, string[]>();
  const chosen = declared.flatMap((tool): Omit<ChosenTool, 'share'>[] => {
    const choice = named.get(tool.name);
    if (exclude.includes(tool.name) || (only && choice === undefined)) return [];
    if (choice === undefined && isDestructive(tool)) {
      destructive.push(tool.name);
      return [];
    }
    if (choice === undefined && tool.needsTask) {
      tasks.push(tool.name);
      return [];
    }
    const classified = classifyTool(tool);
    if (choice?.class === undefined && classified.by === 'name') {
      guessed.set(classified.class, [...(guessed.get(classified.class) ?? []), tool.name]);
    }
    return [{ tool, choice, class: choice?.class ?? classified.class }];
  });
  const tools = withShares(chosen, shares).filter((each) => each.share > 0);
  if (tools.length === 0) {
    const why =
      destructive.length > 0
        ? ` (left out as destructive: ${listed(destructive)}; name them to call them)`
        : '';
    return { ok: false, problems: [`want tools to call, got none${why}`] };
  }
  const absent = (['read', 'write', 'complex'] as const).filter(
    (each) => shares[each] > 0 && !tools.some((tool) => tool.class === each),
  );
  return {
    ok: true,
    tools,
    notes: [
      ...(destructive.length > 0
        ? [`left out as destructive, name them to call them: ${listed(destructive)}`]
        : []),
      ...(tasks.length > 0 ? [`left out since they run as tasks: ${listed(tasks)}`] : []),
      ...[...guessed].map(([kind, names]) => `taken for ${kind} by their names: ${listed(names)}`),
      ...(absent.length > 0
        ? [`no tools of the class ${absent.join(' and ')}: the others have its share`]
        : []),
    ],
  };
}
