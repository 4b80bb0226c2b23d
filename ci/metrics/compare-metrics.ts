import type { DocumentedMetric } from './documented-metrics.ts';
import { parseQuery } from './parse-query.ts';
import type { Scraped } from './parse-scrape.ts';
import type { PlacedQuery } from './read-queries.ts';

/** Labels that Prometheus itself adds, or computes by. */
const ALWAYS_THERE = new Set(['instance', 'job', 'le', 'quantile']);

/** What the dashboard and the alerts ask for that the service does not export: one sentence each. */
export function compareQueries(queries: readonly PlacedQuery[], { labels }: Scraped): string[] {
  return queries.flatMap(({ where, expression }) => {
    const { selectors, grouping } = parseQuery(expression);
    const known = new Set(selectors.flatMap(({ series }) => [...(labels.get(series) ?? [])]));
    return [
      ...selectors.flatMap(({ series, labels: wanted }) => {
        const has = labels.get(series);
        if (!has) return [`${where}: nothing exports ${series}.`];
        return wanted
          .filter((label) => !has.has(label) && !ALWAYS_THERE.has(label))
          .map((label) => `${where}: ${series} has no label ${label}.`);
      }),
      ...grouping
        .filter((label) => !known.has(label) && !ALWAYS_THERE.has(label))
        .map((label) => `${where}: none of its metrics has the label ${label}.`),
    ];
  });
}

/** Where docs/metrics.md and what the service exports differ: one sentence each. */
export function compareDocumented(
  documented: readonly DocumentedMetric[],
  { types, labels }: Scraped,
): string[] {
  const rows = new Map(documented.map((row) => [row.name, row]));
  const undocumented = [...types].flatMap(([name, type]) => {
    const row = rows.get(name);
    return row ? compareRow(row, type, labels) : [`docs/metrics.md has no row for ${name}.`];
  });
  const missing = documented.filter(({ name }) => !types.has(name));
  return [
    ...undocumented,
    ...missing.map(({ name }) => `docs/metrics.md has ${name}, which nothing exports.`),
  ];
}

function compareRow(
  { name, type, labels }: DocumentedMetric,
  exported: string,
  all: Scraped['labels'],
): string[] {
  const complaints: string[] = [];
  if (type !== exported) complaints.push(`docs/metrics.md calls ${name} a ${type}; it is a ${exported}.`);
  // A histogram has its labels on its buckets, and has them alone.
  for (const label of all.get(name) ?? all.get(`${name}_bucket`) ?? []) {
    if (labels.includes(label) || ALWAYS_THERE.has(label)) continue;
    complaints.push(`docs/metrics.md does not have the label ${label} of ${name}.`);
  }
  return complaints;
}
