/** Cuts text that comes in pieces into lines. */
export interface LineReader {
  add(text: string): void;
  /** Hands on what stands after the last line break. */
  end(): void;
}

/** Longer lines are cut: nothing that is looked for stands further behind, and memory must not grow with a line. */
const MAX_LINE_CHARACTERS = 2_000;

/** Calls `onLine` with every line, without its line break. */
export function createLineReader(onLine: (line: string) => void): LineReader {
  let rest = '';
  return {
    add(text) {
      const lines = (rest + text).split(/\r?\n|\r/);
      rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
      for (const line of lines) onLine(line);
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
