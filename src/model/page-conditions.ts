import { z } from 'zod';
import { figure, pageUnit, unixMs } from './page-verdict.ts';

/** How bad a condition is; those of a Prometheus with another severity are `other`. */
export const CONDITION_SEVERITIES = ['critical', 'warning', 'info', 'other'] as const;

/** One of {@link CONDITION_SEVERITIES}. */
export type ConditionSeverity = (typeof CONDITION_SEVERITIES)[number];

/** `pending`: it holds, but not yet for long enough; `firing`; `ending`: it holds no longer and is shown for a while, so that it does not flap. */
export const CONDITION_STATES = ['firing', 'ending', 'pending'] as const;

/** One of {@link CONDITION_STATES}. */
export type ConditionState = (typeof CONDITION_STATES)[number];

/** Schema of {@link ConditionRunbook}. */
export const conditionRunbook = z
  .object({
    path: z
      .string()
      .describe('Section of the runbook in the documentation, e.g. `runbooks/errors.md#mcperrorratiohigh`.'),
    meaning: z.string().describe("What it means for the server's users."),
    now: z.array(z.string()).readonly().describe('What to do now.'),
    causes: z.array(z.string()).readonly(),
  })
  .readonly()
  .meta({ id: 'ConditionRunbook', description: 'What the runbook says.' });

/** What the runbook says. */
export type ConditionRunbook = z.infer<typeof conditionRunbook>;

/** Schema of {@link ConditionRow}. */
export const conditionRow = z
  .object({
    judgedBy: z.enum(['sidecar', 'prometheus']).describe('Who found that it holds.'),
    name: z.string().describe('Of the alert, e.g. `McpErrorRatioHigh`.'),
    severity: z.enum(CONDITION_SEVERITIES),
    state: z.enum(CONDITION_STATES),
    sinceMs: unixMs.describe('Since when it has held.'),
    labels: z.record(z.string(), z.string()).describe('What it is of, e.g. `tool` or `probe`.'),
    live: figure.describe('The value that it was judged by.'),
    unit: pageUnit,
    expected: z.string().describe('What it is held against, in words.'),
    words: z.string().describe('One sentence.'),
    runbook: conditionRunbook.nullable().describe('Null for an alert that is none of ours.'),
    inhibitedBy: z
      .string()
      .nullable()
      .describe('A condition that explains it; the person on call is not paged for this one.'),
  })
  .readonly()
  .meta({ id: 'ConditionRow', description: 'A condition that holds.' });

/** A condition that holds. */
export type ConditionRow = z.infer<typeof conditionRow>;

/** Schema of {@link PageConditions}. */
export const pageConditions = z
  .object({
    rows: z.array(conditionRow).readonly().describe('Firing ones first, the most severe first.'),
    firing: z
      .object({ critical: z.number(), warning: z.number(), info: z.number(), other: z.number() })
      .readonly()
      .describe('How many are firing, by severity.'),
    judgedHere: z
      .array(
        z
          .object({
            name: z.string(),
            severity: z.enum(CONDITION_SEVERITIES),
            when: z.string().describe('The condition in words.'),
            sees: z.boolean().describe('False: what it is judged by is not there, e.g. no process is read.'),
          })
          .readonly(),
      )
      .readonly()
      .describe('Alerts that the sidecar judges by itself.'),
    notJudgedHere: z
      .array(z.object({ name: z.string(), why: z.string() }).readonly())
      .readonly()
      .describe('Alerts that only a Prometheus can judge, and why.'),
    judgedAtMs: unixMs.nullable(),
    prometheus: z
      .object({
        checkedAtMs: unixMs.nullable(),
        problem: z.string().nullable().describe('Why its alerts are not known; null: they are.'),
        rows: z.number().describe('Alerts of it that are among the rows.'),
      })
      .readonly()
      .nullable()
      .describe('The Prometheus that is asked for its alerts; null: none is configured.'),
  })
  .readonly()
  .meta({ id: 'PageConditions', description: 'What is out of order by the rules that ship.' });

/** What is out of order by the rules that ship. */
export type PageConditions = z.infer<typeof pageConditions>;
