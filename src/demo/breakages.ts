/** What can be broken in the demo on request, and what it then does. */
export const BREAKAGES = {
  tool: 'generate_report answers each call with an error of its own',
} as const;

/** Something that can be broken in the demo. */
export type Breakage = keyof typeof BREAKAGES;

/** Variable of the demo's server that says what is broken, separated by commas. */
export const BREAK_VARIABLE = 'DEMO_BREAK';

const isBreakage = (name: string): name is Breakage => Object.hasOwn(BREAKAGES, name);

/**
 * Reads a list of breakages, separated by commas; an empty text is none of them.
 * @throws Error `want tool, got …` for anything else.
 */
export function parseBreakages(text: string): readonly Breakage[] {
  const names = text.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
  return names.map((name) => {
    if (isBreakage(name)) return name;
    throw new Error(`want ${Object.keys(BREAKAGES).join(', ')}, got ${JSON.stringify(name)}`);
  });
}
