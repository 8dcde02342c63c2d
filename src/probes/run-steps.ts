import type { ProbeStep, StepAction } from '../model/probe.ts';
import { fillTemplate } from './fill-template.ts';
import type { McpSession } from './mcp-session.ts';
import { performStep } from './perform-step.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { ProbeRun } from './probe-run.ts';
import { selectJson } from './select-json.ts';

const nameOf = (action: StepAction): string =>
  Object.values(action).find((each) => typeof each === 'string') ?? '';

/** Adds which step it was to a failure of that step. */
function inStep(number: number, action: StepAction, error: unknown): unknown {
  if (!(error instanceof ProbeFailure)) return error;
  return new ProbeFailure(error.reason, `step ${number} (${nameOf(action)}): ${error.message}`, {
    cause: error,
  });
}

/** Runs steps one after the other in one session; each may use what those before it captured. */
export async function runSteps(
  run: ProbeRun,
  session: McpSession,
  steps: readonly ProbeStep[],
): Promise<void> {
  const captured = new Map<string, unknown>();
  for (const [index, { action, expect, capture }] of steps.entries()) {
    run.recorder.note(`step ${index + 1}: ${Object.keys(action)[0] ?? ''} ${nameOf(action)}`);
    try {
      // A template has the shape of what it is filled to.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const filled = fillTemplate(action, captured) as StepAction;
      const document = await performStep(run, session, filled, expect);
      for (const [name, path] of Object.entries(capture)) {
        const [value] = selectJson(document, path);
        if (value === undefined) {
          throw new ProbeFailure('assertion', `${path}: want a value to capture as ${name}, got nothing`);
        }
        captured.set(name, value);
      }
    } catch (error) {
      throw inStep(index + 1, action, error);
    }
  }
}
