/** Names that would do harm where they were not shown as text: HTML, quotes, templates, marks that turn the text. */
export const SHOWN_TOOLS = [
  '<img src=x onerror="document.title=1">',
  `it's "quoted" & {{instance}} \${job}`,
  '\u202Eright-to-left\u202C',
  '<script>alert(1)</script>',
] as const;

/** All tools of the odd server; a line break is in no name that the sidecar counts by. */
export const ODD_TOOLS = [...SHOWN_TOOLS, 'two\nlines', 'ask', 'fails', 'garbled'] as const;

/** The same of a client, whose name is shown without marks that turn the text. */
export const ODD_CLIENT = '<b>bold</b> "client"';
