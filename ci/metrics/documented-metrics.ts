import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../src/config.ts';

/** A row of the table in docs/metrics.md. */
export interface DocumentedMetric {
  name: string;
  type: string;
  labels: string[];
  /** What the column "From" says. */
  from: string;
}

const ROW = /^\| `(foregsyte_\w+)` +\| (\w+) +\| ([^|]*?) +\| (\w+) +\|/gm;

/** The metrics that docs/metrics.md has rows for. */
export async function readDocumentedMetrics(): Promise<DocumentedMetric[]> {
  const text = await readFile(join(projectRoot, 'docs', 'metrics.md'), 'utf8');
  return [...text.matchAll(ROW)].map(([, name = '', type = '', labels = '', from = '']) => ({
    name,
    type,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
    from,
  }));
}
