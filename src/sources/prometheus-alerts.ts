import { z } from 'zod';

const texts = z.record(z.string(), z.string());

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    alerts: z.array(
      z.object({
        labels: texts,
        annotations: texts.optional(),
        state: z.string(),
        activeAt: z.string().optional(),
        value: z.string().optional(),
      }),
    ),
  }),
});

/** An alert as a Prometheus tells it. */
export interface PrometheusAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'firing' | 'pending';
  /** Unix time since when its condition has held, in milliseconds. */
  readonly activeAtMs: number | undefined;
  readonly value: number | undefined;
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/**
 * Reads the answer of `/api/v1/alerts`. Source: Prometheus, "HTTP API", alerts.
 * @throws Error if it is something else.
 */
export function readAlerts(text: string): readonly PrometheusAlert[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('want JSON of the alerts API, got something else');
  }
  const read = answer.safeParse(json);
  if (!read.success) throw new Error('want a list of alerts, got something else');
  return read.data.data.alerts.flatMap(({ labels, annotations = {}, state, activeAt, value }) =>
    state === 'firing' || state === 'pending'
      ? [
          {
            labels,
            annotations,
            state,
            activeAtMs: activeAt === undefined ? undefined : finite(Date.parse(activeAt)),
            value: value === undefined ? undefined : finite(Number(value)),
          },
        ]
      : [],
  );
}
