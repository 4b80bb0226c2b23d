import { describe, expect, it } from '@jest/globals';
import { checkDocument } from '../../helpers/documents/check-document.ts';
import { readProjectFacts } from '../../helpers/documents/project-facts.ts';

const facts = await readProjectFacts();
const documents = [...facts.files].filter(
  (path) => /^(docs\/.*|README|CONTRIBUTING|SECURITY)(\.md)?$/.test(path) && path.endsWith('.md'),
);

describe('the documents of the project', () => {
  it.each(documents)('%s names only what there is', (path) => {
    expect(checkDocument(path, facts.readFile(path), facts)).toEqual([]);
  });

  it('are all named in the list of README.md', () => {
    const readme = facts.readFile('README.md');
    const pages = documents.filter((path) => /^docs\/[^/]+\.md$/.test(path));
    expect(pages.length).toBeGreaterThan(15);
    expect(pages.filter((path) => !readme.includes(path))).toEqual([]);
  });
});
