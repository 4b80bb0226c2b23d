/** What a scrape says, beside the values. */
export interface Scraped {
  /** The type of each metric: counter, gauge, histogram or summary. */
  types: Map<string, string>;
  /** The label names of each series by its name; a histogram has three, such as `x_bucket`. */
  labels: Map<string, Set<string>>;
}

const TYPE_LINE = /^# TYPE (\S+) (\S+)$/;
const SAMPLE_LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? \S+$/;
const LABEL = /([A-Za-z_]\w*)="(?:[^"\\]|\\.)*"/g;

/** Reads Prometheus's text format; several scrapes count as one. @throws Error for a line that is none of it. */
export function parseScrapes(texts: readonly string[]): Scraped {
  const types = new Map<string, string>();
  const labels = new Map<string, Set<string>>();
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [, metric, type] = TYPE_LINE.exec(line) ?? [];
    if (metric !== undefined && type !== undefined) types.set(metric, type);
    if (line === '' || line.startsWith('#')) continue;
    const [, series, list = ''] = SAMPLE_LINE.exec(line) ?? [];
    if (series === undefined) throw new Error(`This is no line of a scrape: ${line}`);
    const known = labels.get(series) ?? new Set();
    for (const [, label = ''] of list.matchAll(LABEL)) known.add(label);
    labels.set(series, known);
  }
  return { types, labels };
}
