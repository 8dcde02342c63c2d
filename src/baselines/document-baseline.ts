import { documentTables } from './document-tables.ts';
import { toBaseline } from './to-baseline.ts';

/**
 * The benchmark document's standard configuration (4 vCPUs, 8 GB, 4 uvicorn
 * workers). For a tool the document states P99 alone; without a batch size
 * `process_batch` is held against the size that it recommends, 100.
 */
export const documentBaseline = toBaseline(documentTables);
