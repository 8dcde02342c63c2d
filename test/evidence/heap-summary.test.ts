import { expect, it } from '@jest/globals';
import { renderHeapSummary, type ProfileNode } from '../../src/evidence/heap-summary.ts';

const MIB = 1024 ** 2;
const node = (
  functionName: string,
  selfSize: number,
  children: readonly ProfileNode[] = [],
): ProfileNode => ({
  callFrame: { functionName, url: functionName === '(root)' ? '' : 'file:///app.js', lineNumber: 9 },
  selfSize,
  children,
});

it('lists who allocated what is held, the largest first, each place once', () => {
  const head = node('(root)', 0, [
    node('keep', MIB),
    node('open', 2 * MIB, [node('keep', MIB), node('', MIB / 2)]),
    node('keep', 2 * MIB),
  ]);
  const usage = { usedSize: 100 * MIB, totalSize: 120 * MIB, backingStorageSize: MIB };
  expect(renderHeapSummary('Heap', usage, head, 30_000)).toBe(`Heap

Heap after a garbage collection:
   100.00 MiB  used
   120.00 MiB  taken from the system
     1.00 MiB  array buffers beside it

Allocated within 30 s and still held after it (sampled):
     6.50 MiB  in all

By the function that allocated it, < by whom it was called:
     3.00 MiB  keep  file:///app.js:10
     2.00 MiB  open  file:///app.js:10
     1.00 MiB  keep  file:///app.js:10  < open
     0.50 MiB  (anonymous)  file:///app.js:10  < open
`);
});

it('is bounded, however many places, deep stacks and long names there are', () => {
  let deep = node('x'.repeat(5000), 1);
  for (let each = 0; each < 50_000; each++) deep = node(`f${each % 1000}`, 1, [deep]);
  const text = renderHeapSummary('Heap', { usedSize: 1, totalSize: 1 }, deep, 1000);
  expect(text).toContain('... and 978 more');
  expect(text.length).toBeLessThan(10_000);
});
