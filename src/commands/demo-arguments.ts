import type { BenchProfile, ToolChoice } from '../bench/profile.ts';
import { createRandom } from '../bench/random.ts';
import { userCount } from '../demo/seed-database.ts';
import { nextToolCall } from '../demo/tool-mix.ts';

const DRAWN = 2000;
const KEPT = 64;

/** The profile with arguments that the demo's tools take, where it has none of its own: those of the demo's clients. */
export function withDemoArguments(profile: BenchProfile): BenchProfile {
  const random = createRandom(1);
  const sets = new Map<string, Record<string, unknown>[]>();
  for (let i = 0; i < DRAWN; i += 1) {
    const { name, arguments: values } = nextToolCall(random);
    // The demo's clients ask for a tool and for users that are not there, to have something to show.
    if (name === 'find_user' || Number(values['user_id'] ?? 0) > userCount) continue;
    const list = sets.get(name) ?? [];
    if (list.length < KEPT) list.push(values);
    sets.set(name, list);
  }
  const named = new Map(profile.tools.map((choice) => [choice.name, choice]));
  const known = profile.only ? [...sets].filter(([name]) => named.has(name)) : [...sets];
  const tools = known
    .filter(([name]) => !profile.exclude.includes(name))
    .map(([name, values]): ToolChoice => ({ name, arguments: values, ...named.get(name) }));
  const others = profile.tools.filter(({ name }) => !sets.has(name));
  return { ...profile, tools: [...tools, ...others] };
}
