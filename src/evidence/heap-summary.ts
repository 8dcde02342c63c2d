/** A node of a sampling heap profile (Chrome DevTools Protocol, HeapProfiler.SamplingHeapProfileNode). */
export interface ProfileNode {
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  /** Bytes that were allocated here and are still held. */
  readonly selfSize: number;
  readonly children: readonly ProfileNode[];
}

/** Sizes of a heap, in bytes (Runtime.getHeapUsage). */
export interface HeapUsage {
  readonly usedSize: number;
  readonly totalSize: number;
  /** Of array buffers and the like, outside of the heap. */
  readonly backingStorageSize?: number;
}

/** Places that are listed. */
const MAX_PLACES = 25;
const MAX_LINE_LENGTH = 300;

interface Place {
  readonly name: string;
  bytes: number;
}

/** How many callers are named with the function that allocated. */
const CALLERS = 2;

const nameOf = ({ callFrame }: ProfileNode): string => callFrame.functionName || '(anonymous)';

/** Where a profile's bytes were allocated, the largest first. */
function placesOf(head: ProfileNode): readonly Place[] {
  const places = new Map<string, Place>();
  // Not by recursion: stacks may be deep.
  const open = head.children.map((node) => ({ node, callers: [] as readonly string[] }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, callers } = next;
    const around = [nameOf(node), ...callers].slice(0, CALLERS);
    open.push(...node.children.map((child) => ({ node: child, callers: around })));
    if (node.selfSize === 0) continue;
    const { url, lineNumber } = node.callFrame;
    const place = url === '' ? '(native)' : `${url}:${lineNumber + 1}`;
    const name = `${nameOf(node)}  ${place}${callers.map((caller) => `  < ${caller}`).join('')}`;
    const known = places.get(name);
    if (known) known.bytes += node.selfSize;
    else places.set(name, { name, bytes: node.selfSize });
  }
  return [...places.values()].toSorted((a, b) => b.bytes - a.bytes);
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(2).padStart(9)} MiB`;

/**
 * What a person reads first: how full the heap is, and who allocated what is still held after the sampling.
 * @param title first line.
 * @param samplingMs how long it was sampled.
 */
export function renderHeapSummary(
  title: string,
  usage: HeapUsage,
  head: ProfileNode,
  samplingMs: number,
): string {
  const places = placesOf(head);
  const held = places.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = [
    title,
    '',
    'Heap after a garbage collection:',
    `${mebibytes(usage.usedSize)}  used`,
    `${mebibytes(usage.totalSize)}  taken from the system`,
    `${mebibytes(usage.backingStorageSize ?? 0)}  array buffers beside it`,
    '',
    `Allocated within ${samplingMs / 1000} s and still held after it (sampled):`,
    `${mebibytes(held)}  in all`,
    '',
    'By the function that allocated it, < by whom it was called:',
    ...places
      .slice(0, MAX_PLACES)
      .map(({ name, bytes }) => `${mebibytes(bytes)}  ${name}`.slice(0, MAX_LINE_LENGTH)),
    ...(places.length > MAX_PLACES ? [`... and ${places.length - MAX_PLACES} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
