/** Control characters, but for line feed and tab, and those that turn the direction of text. */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of others without what a terminal or a page would obey instead of show. */
export const visibleText = (text: string): string => text.replaceAll(HIDDEN, '·');
