import { z } from 'zod';

// The words of the schemas of bench: an error text is what was wanted; whoever reports it says where it stands and
// what came instead.

/** A number of 0 or more. */
export const atLeast0 = (unit: string) => {
  const wanted = `${unit} of 0 or more`;
  return z.number({ error: wanted }).min(0, { error: wanted });
};

/** A whole number. */
export const whole = (what: string, from = 0) => {
  const wanted = `a whole number of ${what} of ${from} or more`;
  return z.int({ error: wanted }).min(from, { error: wanted });
};

/** A number above 0. */
export const above0 = (unit: string) => {
  const wanted = `${unit} above 0`;
  return z.number({ error: wanted }).gt(0, { error: wanted });
};

/** A share. */
export const share = () => {
  const wanted = 'a share from 0 to 1';
  return z.number({ error: wanted }).min(0, { error: wanted }).max(1, { error: wanted });
};

/** A line of text: what is pushed or read back is shown on terminals and pages. */
export const line = (what: string, most = 500) => {
  const wanted = `${what} of 1 to ${most} characters in one line`;
  return z
    .string({ error: wanted })
    .max(most, { error: wanted })
    .regex(/^[^\p{Cc}]+$/u, { error: wanted });
};

/** One of a closed set of words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: `one of ${words.join(', ')}` });

/** A mapping without further fields. */
export const mapping = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'a mapping' });

/** A bounded list. */
export const list = <Item extends z.ZodType>(item: Item, most: number) =>
  z
    .array(item, { error: `a list of at most ${most}` })
    .max(most, { error: `a list of at most ${most}` })
    .readonly();
