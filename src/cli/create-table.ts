import Table from 'cli-table3';

/** A table for a terminal. It has no colours of its own: the output is often piped to a file. */
export function createTable(head: string[]): Table.Table {
  return new Table({ head, style: { head: [], border: [] } });
}

/** A moment, as RFC 3339 gives it, for a table: UTC, to the second. */
export function shortTime(time: string): string {
  return `${time.slice(0, 19).replace('T', ' ')}Z`;
}
