import { z } from 'zod';
import { TOOL_CLASSES } from './profile.ts';

// In this file an error text is what was wanted; whoever reports it says where it stands and what came instead.

/** Reads a duration such as `500ms` or `5m` into milliseconds; undefined if it is none. */
export type ParseDuration = (text: string) => number | undefined;

const whole = (what: string, least: number, most: number) => {
  const error = `a whole number of ${what} from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const rate = () => {
  const error = 'requests per second from 0 to 100000';
  return z.number({ error }).min(0, { error }).max(100_000, { error });
};
const share = () => {
  const error = 'a weight of 0 or more';
  return z.number({ error }).min(0, { error }).exactOptional();
};
const words = (error: string, pattern: RegExp) => z.string({ error }).regex(pattern, { error });
const name = () =>
  words('a name of at most 60 letters, digits, _, - or .', /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/);
const toolName = () => words('the name of a tool', /^[^\p{Cc}]{1,200}$/u);
const mapping = <Shape extends z.core.$ZodLooseShape>(shape: Shape, error: string) =>
  z.strictObject(shape, { error });

/** What a file with a profile of one's own may say. */
export function profileSchema(parseDuration: ParseDuration) {
  const time = (error: string, least: number) =>
    z.string({ error }).transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= least) return ms;
      context.issues.push({ code: 'custom', message: error, input: text });
      return z.NEVER;
    });
  const duration = () => time('a duration such as 500ms, 10s or 5m', 1);
  const durationOrZero = () => time('a duration such as 0s, 500ms, 10s or 5m', 0);

  const stage = mapping(
    {
      name: name().exactOptional(),
      rate: rate().exactOptional(),
      from: rate().exactOptional(),
      to: rate().exactOptional(),
      duration: duration(),
    },
    'a stage with rate, or from and to, and duration',
  ).refine(
    ({ rate: even, from, to }) =>
      even === undefined ? from !== undefined && to !== undefined : from === undefined && to === undefined,
    { error: 'either rate, or from and to' },
  );

  const tool = mapping(
    {
      name: toolName(),
      class: z.enum(TOOL_CLASSES, { error: `one of ${TOOL_CLASSES.join(', ')}` }).exactOptional(),
      weight: share(),
      arguments: z
        .array(z.record(z.string(), z.unknown(), { error: 'a mapping of arguments' }), {
          error: 'a list of mappings of arguments',
        })
        .min(1, { error: 'at least one mapping of arguments' })
        .exactOptional(),
      batch: words('the name of the argument that takes a list', /^[^\p{Cc}]{1,200}$/u).exactOptional(),
    },
    'a tool with name, class, weight, arguments and batch',
  );

  return mapping(
    {
      name: name(),
      about: words('text of one line', /^[^\p{Cc}]{1,200}$/u).exactOptional(),
      users: whole('users', 1, 100_000),
      /** Closed loop. */
      requests: whole('requests', 1, 1_000_000_000).exactOptional(),
      duration: duration().exactOptional(),
      rampUp: durationOrZero().exactOptional(),
      thinkTime: durationOrZero().exactOptional(),
      /** Open loop. */
      stages: z
        .array(stage, { error: 'a list of stages' })
        .min(1, { error: 'at least one stage' })
        .max(100, { error: 'at most 100 stages' })
        .exactOptional(),
      slices: duration().exactOptional(),
      recovery: mapping(
        { before: name(), after: name() },
        'a mapping with before and after, names of stages',
      ).exactOptional(),
      /** Both. */
      warmUp: durationOrZero().exactOptional(),
      timeout: duration().exactOptional(),
      sessions: z.enum(['per_user', 'per_request'], { error: 'per_user or per_request' }).exactOptional(),
      mix: mapping(
        { read: share(), write: share(), complex: share() },
        'a mapping of read, write and complex',
      )
        .refine(({ read = 0, write = 0, complex = 0 }) => read + write + complex > 0, {
          error: 'at least one weight above 0',
        })
        .exactOptional(),
      tools: z
        .array(tool, { error: 'a list of tools' })
        .max(1000, { error: 'at most 1000 tools' })
        .exactOptional(),
      only: z.boolean({ error: 'true or false' }).exactOptional(),
      exclude: z.array(toolName(), { error: 'a list of names of tools' }).exactOptional(),
      abort: mapping(
        {
          errors: z
            .number({ error: 'a share above 0, at most 1' })
            .gt(0, { error: 'a share above 0, at most 1' })
            .max(1, { error: 'a share above 0, at most 1' })
            .exactOptional(),
          p99: duration().exactOptional(),
          connectionFailures: whole('failed connections', 1, 1_000_000).exactOptional(),
        },
        'a mapping of errors, p99 and connectionFailures',
      ).exactOptional(),
    },
    'a mapping of a profile',
  );
}

/** A profile as its file says it. */
export type WrittenProfile = z.output<ReturnType<typeof profileSchema>>;
