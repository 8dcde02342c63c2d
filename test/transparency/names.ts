/** Tools that the upstream of the test declares. */
export const tools = ['search', 'process_batch', 'naïve "tool"', 'a\\b', '😀', 'tools/call'] as const;

/** Paths that calls go to. */
export const paths = ['/mcp', '/', '/deep/path/'] as const;

/** Schemes of the resources that calls address. */
export const schemes = ['file', 'https', 'demo+x.1', 'ui'] as const;
