/** Tools that the upstream of the test declares. */
export const tools = ['search', 'process_batch', 'naïve "tool"', 'a\\b', '😀', 'tools/call'] as const;
