import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/config.ts';
import { listBlocks } from './documented-blocks.ts';

/** The arrows of the diagram in docs/job-states.md, such as `pending -> running`; `[*]` is what is not there. */
export function documentedTransitions(): ReadonlySet<string> {
  const blocks = listBlocks(readFileSync(join(projectRoot, 'docs/job-states.md'), 'utf8'));
  const diagram = blocks.find(
    ({ language, text }) => language === 'mermaid' && text.includes('stateDiagram'),
  );
  const arrows = (diagram?.text ?? '').matchAll(/^\s*(\S+) --> (\S+?):/gm);
  const transitions = new Set([...arrows].map(([, from, to]) => `${from} -> ${to}`));
  if (transitions.size === 0) throw new Error('docs/job-states.md has no diagram of the states.');
  return transitions;
}
