/** Names that would do harm where they were not shown as text: HTML, quotes, a line break, marks that turn the text. */
export const ODD_TOOLS = [
  '<img src=x onerror="document.title=1">',
  'it\'s "quoted" & {{instance}} ${job}',
  'two\nlines',
  '\u202Eright-to-left\u202C',
  '<script>alert(1)</script>',
  'ask',
  'fails',
  'garbled',
] as const;

/** The same of a client. */
export const ODD_CLIENT = '<b>bold</b> "client" \u202Ecba';
