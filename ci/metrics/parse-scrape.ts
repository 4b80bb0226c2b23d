/** The processes that are scraped. */
export const ROLES = ['api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** What the scrapes of all processes say, beside the values. */
export interface Scraped {
  /** The type of each metric: counter, gauge, histogram or summary. */
  types: Map<string, string>;
  /** Which processes export each metric. */
  roles: Map<string, Set<Role>>;
  /**
   * The labels of each series by its name, each with the values that it has, as they are written; a histogram has three
   * series, such as `x_bucket`.
   */
  labels: Map<string, Map<string, Set<string>>>;
}

const TYPE_LINE = /^# TYPE (\S+) (\S+)$/;
const SAMPLE_LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? \S+$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus's text format; the scrapes count as one. @throws Error for a line that is none of it. */
export function parseScrapes(texts: Readonly<Record<Role, string>>): Scraped {
  const scraped: Scraped = { types: new Map(), roles: new Map(), labels: new Map() };
  for (const role of ROLES) {
    for (const line of texts[role].split('\n')) readLine(line, role, scraped);
  }
  return scraped;
}

function readLine(line: string, role: Role, { types, roles, labels }: Scraped): void {
  const [, metric, type] = TYPE_LINE.exec(line) ?? [];
  if (metric !== undefined && type !== undefined) {
    types.set(metric, type);
    roles.set(metric, (roles.get(metric) ?? new Set()).add(role));
  }
  if (line === '' || line.startsWith('#')) return;
  const [, series, list = ''] = SAMPLE_LINE.exec(line) ?? [];
  if (series === undefined) throw new Error(`This is no line of a scrape: ${line}`);
  const known = labels.get(series) ?? new Map<string, Set<string>>();
  for (const [, label = '', value = ''] of list.matchAll(LABEL))
    known.set(label, (known.get(label) ?? new Set()).add(value));
  labels.set(series, known);
}
