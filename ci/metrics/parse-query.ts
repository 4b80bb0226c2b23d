import { parser } from '@prometheus-io/lezer-promql';

/** What a series is selected by: a label, one of `=`, `!=`, `=~` and `!~`, and the value or pattern as it is written. */
export interface Matcher {
  label: string;
  operator: string;
  value: string;
}

/** What a PromQL expression asks for. */
export interface Query {
  /** The series that it selects, each with what it is selected by. */
  selectors: { series: string; matchers: Matcher[] }[];
  /** The labels of all `by`, `without`, `on` and `ignoring` clauses. */
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
        query.selectors.push({ series: text.slice(name.from, name.to), matchers: [] });
      }
      const written = (child: { from: number; to: number } | null) =>
        child ? text.slice(child.from, child.to) : '';
      if (type.name === 'UnquotedLabelMatcher' || type.name === 'QuotedLabelMatcher') {
        query.selectors.at(-1)?.matchers.push({
          label: withoutQuotes(written(node.firstChild)),
          operator: written(node.getChild('MatchOp')),
          value: withoutQuotes(written(node.lastChild)),
        });
      }
      if (node.parent?.name === 'GroupingLabels' && type.name.endsWith('LabelName'))
        query.grouping.push(withoutQuotes(text.slice(from, to)));
    },
  });
  return query;
}

function withoutQuotes(text: string): string {
  return text.replace(/^(["'`])(.*)\1$/s, '$2');
}
