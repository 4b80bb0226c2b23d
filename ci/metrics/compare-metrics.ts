import type { DocumentedMetric } from './documented-metrics.ts';
import { namedValues, possibleValues } from './label-values.ts';
import { parseQuery, type Matcher } from './parse-query.ts';
import type { Role, Scraped } from './parse-scrape.ts';
import type { PlacedQuery } from './read-queries.ts';

/** Labels that Prometheus itself adds. */
const ADDED = new Set(['instance', 'job']);
/** Labels that belong to a type of metric. No row names them. */
const OF_TYPE = new Set(['le', 'quantile']);
/** Metrics without a sample at most times, so that no scrape need show their labels. */
const OFTEN_EMPTY = new Set(['foregsyte_nodejs_active_requests']);

/** What the dashboard and the alerts ask for that the service does not export: one sentence each. */
export function compareQueries(queries: readonly PlacedQuery[], scraped: Scraped): string[] {
  const { labels } = scraped;
  return queries.flatMap(({ where, expression }) => {
    const { selectors, grouping } = parseQuery(expression);
    const known = new Set(selectors.flatMap(({ series }) => [...(labels.get(series)?.keys() ?? [])]));
    const complaints = [
      ...selectors.flatMap(({ series, matchers }) =>
        labels.has(series)
          ? matchers.flatMap((matcher) => compareMatcher(series, matcher, scraped))
          : [`nothing exports ${series}.`],
      ),
      ...grouping
        .filter((label) => !known.has(label) && !ADDED.has(label))
        .map((label) => `none of its metrics has the label ${label}.`),
    ];
    return complaints.map((complaint) => `${where}: ${complaint}`);
  });
}

function compareMatcher(series: string, matcher: Matcher, scraped: Scraped): string[] {
  const { label } = matcher;
  if (ADDED.has(label)) return [];
  if (!scraped.labels.get(series)?.has(label)) return [`${series} has no label ${label}.`];
  const possible = possibleValues(series, label, scraped);
  if (!possible) return [];
  return namedValues(matcher)
    .filter((value) => !possible.has(value))
    .map((value) => `the label ${label} of ${series} is never "${value}".`);
}

/** Where docs/metrics.md and what the service exports differ: one sentence each. */
export function compareDocumented(documented: readonly DocumentedMetric[], scraped: Scraped): string[] {
  const rows = new Map(documented.map((row) => [row.name, row]));
  const undocumented = [...scraped.types].flatMap(([name, type]) => {
    const row = rows.get(name);
    return row ? compareRow(row, type, scraped) : [`docs/metrics.md has no row for ${name}.`];
  });
  const missing = documented.filter(({ name }) => !scraped.types.has(name));
  return [
    ...undocumented,
    ...missing.map(({ name }) => `docs/metrics.md has ${name}, which nothing exports.`),
  ];
}

function compareRow(
  { name, type, labels, from }: DocumentedMetric,
  exported: string,
  scraped: Scraped,
): string[] {
  const complaints: string[] = [];
  if (type !== exported) complaints.push(`docs/metrics.md calls ${name} a ${type}; it is a ${exported}.`);
  // A histogram has its labels on its buckets, and has them alone.
  const samples = scraped.labels.get(name) ?? scraped.labels.get(`${name}_bucket`);
  const has = [...(samples?.keys() ?? [])].filter((label) => !OF_TYPE.has(label));
  for (const label of has) {
    if (!labels.includes(label))
      complaints.push(`docs/metrics.md does not have the label ${label} of ${name}.`);
  }
  for (const label of labels) {
    if (!has.includes(label) && (samples || !OFTEN_EMPTY.has(name)))
      complaints.push(`docs/metrics.md has the label ${label} of ${name}, which nothing exports.`);
  }
  const exporters = nameExporters(scraped.roles.get(name));
  if (from !== exporters)
    complaints.push(`docs/metrics.md has ${name} from ${from}; it is from ${exporters}.`);
  return complaints;
}

/** As the column "From" has it. */
function nameExporters(roles: ReadonlySet<Role> = new Set()): string {
  if (roles.size > 1) return 'both';
  return roles.has('api') ? 'API' : 'worker';
}
