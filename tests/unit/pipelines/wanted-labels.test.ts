import { describe, expect, it } from '@jest/globals';
import { createLabelFilter } from '../../../worker/pipelines/wanted-labels.ts';

const seen = ['dog', 'person', 'cat', 'dog'].map((label) => ({
  label,
  confidence: 1,
  box: { x: 0, y: 0, width: 1, height: 1 },
}));

describe('createLabelFilter', () => {
  it('wants everything when nothing is named', () => {
    expect(seen.filter(createLabelFilter([], ['dog']))).toEqual(seen);
  });

  it('wants only the labels that are named', () => {
    const kept = seen.filter(createLabelFilter(['dog', 'cat'], ['cat', 'dog', 'person']));
    expect(kept.map(({ label }) => label)).toEqual(['dog', 'cat', 'dog']);
  });

  it('refuses a label that the model does not know, and lists those it knows', () => {
    expect(() => createLabelFilter(['cat', 'Dog'], ['person', 'dog', 'cat'])).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        retryable: false,
        message: expect.stringMatching(/"Dog".*: cat, dog, person\.$/),
        details: { argument: 'options.labels[1]' },
      }),
    );
  });

  it('lists a hundred labels at most', () => {
    const many = Array.from({ length: 350 }, (_, index) => `label ${index}`);
    expect(() => createLabelFilter(['x'], many)).toThrow(/, and 250 more\.$/);
  });
});
