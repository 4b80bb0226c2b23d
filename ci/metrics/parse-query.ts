import { parser } from '@prometheus-io/lezer-promql';

/** What a PromQL expression asks for. */
export interface Query {
  /** The series that it selects, each with the labels that it is selected by. */
  selectors: { series: string; labels: string[] }[];
  /** The labels of all `by` and `without` clauses. */
  grouping: string[];
}

/** What Grafana puts in before it sends a query, and something of the same kind. */
const GRAFANA_VARIABLES = /\$__(rate_interval|interval|range)/g;

/** Reads an expression as Prometheus does. @throws Error when it is none, or selects series by anything but a name. */
export function parseQuery(expression: string): Query {
  const text = expression.replaceAll(GRAFANA_VARIABLES, '5m');
  const query: Query = { selectors: [], grouping: [] };
  parser.parse(text).iterate({
    enter({ type, node, from, to }) {
      if (type.isError) throw new Error(`This is no PromQL, from character ${from} on: ${text}`);
      if (type.name === 'VectorSelector') {
        const name = node.getChild('Identifier');
        if (!name) throw new Error(`A selector names no metric: ${text.slice(from, to)}`);
        query.selectors.push({ series: text.slice(name.from, name.to), labels: [] });
      }
      if (type.name !== 'LabelName') return;
      const label = text.slice(from, to);
      if (node.parent?.name === 'GroupingLabels') query.grouping.push(label);
      else query.selectors.at(-1)?.labels.push(label);
    },
  });
  return query;
}
