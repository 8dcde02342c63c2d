/** CSS as text, under a name that editors and the formatter know. */
export const css = String.raw;
