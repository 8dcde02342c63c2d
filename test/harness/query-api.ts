import { z } from 'zod';

const answer = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

/** A store may keep numbers as decimals: of a binary fraction the last digits are then others. */
const rounded = (value: string): string => String(Number(Number(value).toPrecision(12)));

/**
 * Answer of an instant query to anything with the HTTP API of Prometheus: values by series, to twelve digits, sorted.
 * @param atSeconds Unix time; default now.
 */
export async function askQuery(
  origin: string,
  promql: string,
  atSeconds?: number,
): Promise<readonly (readonly [series: string, value: string])[]> {
  const query = new URLSearchParams({ query: promql, ...(atSeconds && { time: String(atSeconds) }) });
  const response = await fetch(`${origin}/api/v1/query?${query.toString()}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${promql}: want an answer, got ${response.status} ${text}`);
  return answer
    .parse(JSON.parse(text))
    .data.result.map(({ metric, value: [, value] }): [string, string] => [
      JSON.stringify(Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      rounded(value),
    ])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
