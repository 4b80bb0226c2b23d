import { describe, expect, it } from '@jest/globals';
import { assertKnownLabels } from '../../../worker/pipelines/wanted-labels.ts';

describe('the labels that are wanted', () => {
  it('may be none, or any that the model knows', () => {
    expect(() => assertKnownLabels([], ['dog'])).not.toThrow();
    expect(() => assertKnownLabels(['dog', 'cat'], ['cat', 'dog', 'person'])).not.toThrow();
  });

  it('are refused with one that the model does not know, and with a list of those it knows', () => {
    expect(() => assertKnownLabels(['cat', 'Dog'], ['person', 'dog', 'cat'])).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        retryable: false,
        message: expect.stringMatching(/"Dog".*: cat, dog, person\.$/),
        details: { argument: 'options.labels[1]' },
      }),
    );
  });

  it('are refused with a hundred labels at most', () => {
    const many = Array.from({ length: 350 }, (_, index) => `label ${index}`);
    expect(() => assertKnownLabels(['x'], many)).toThrow(/, and 250 more\.$/);
  });
});
