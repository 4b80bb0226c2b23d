/** A fenced block of a Markdown document. */
export interface DocumentedBlock {
  /** Such as `sh` or `json`. */
  language: string;
  text: string;
  /** Line of its first line of text, from 1. */
  line: number;
  /** The heading above it. */
  heading: string;
}

/** A command of a document and the answer that the document shows for it. */
export interface DocumentedCommand extends DocumentedBlock {
  answer: string;
}

/** The fenced blocks of a Markdown document, in order. Blocks within lists are not looked for. */
export function listBlocks(markdown: string): DocumentedBlock[] {
  const blocks: DocumentedBlock[] = [];
  let heading = '';
  let open: { language: string; lines: string[]; line: number } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(\w*)/.exec(line);
    if (!open && fence) open = { language: fence[1] ?? '', lines: [], line: index + 2 };
    else if (!open) heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
    else if (fence) {
      blocks.push({ language: open.language, text: open.lines.join('\n'), line: open.line, heading });
      open = undefined;
    } else open.lines.push(line);
  }
  return blocks;
}

/** The `sh` blocks, each with the block that follows it. @throws Error when one is followed by no json or text block. */
export function listCommands(blocks: readonly DocumentedBlock[]): DocumentedCommand[] {
  return blocks.flatMap((block, index) => {
    if (block.language !== 'sh') return [];
    const answer = blocks[index + 1];
    if (answer && ['json', 'text'].includes(answer.language)) return [{ ...block, answer: answer.text }];
    throw new Error(
      `The command in line ${block.line} is followed by no json or text block with its answer.`,
    );
  });
}

/** What `output` must match to be the documented answer: `…` stands for anything, and white space does not matter. */
export function answerPattern(answer: string): RegExp {
  const literals = withoutSpace(answer)
    .split('…')
    .map((literal) => literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${literals.join('.*?')}$`, 's');
}

/** The text as `answerPattern` looks at it. */
export function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
