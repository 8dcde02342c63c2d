export async function x(): Promise<void> { document.title = 'a'; }
export function y(): void { x(); }
