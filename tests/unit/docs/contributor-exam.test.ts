import { describe, expect, it } from '@jest/globals';
import { citationsOf } from '../../helpers/documents/check-citations.ts';
import { readProjectFile } from '../../helpers/documents/project-files.ts';

const [, ...questions] = readProjectFile('docs/contributor-exam.md').split(/^\*\*(?=\d+\. )/m);

describe('docs/contributor-exam.md', () => {
  it('asks twenty questions, in order', () => {
    const numbers = questions.map((question) => Number(/^\d+/.exec(question)?.[0]));
    expect(numbers).toEqual(Array.from({ length: 20 }, (_unused, index) => index + 1));
  });

  it.each(questions.map((question) => ({ title: question.split('**')[0], question })))(
    'answers "$title" by naming what decides it',
    ({ question }) => {
      expect(question).toMatch(/\?\*\*\n/);
      expect(citationsOf(question)).not.toEqual([]);
    },
  );
});
