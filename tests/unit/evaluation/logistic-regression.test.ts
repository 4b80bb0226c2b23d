import { describe, expect, it } from '@jest/globals';
import { fitLogisticRegression } from '../../evaluation/logistic-regression.ts';
import { mulberry32 } from '../../helpers/mulberry32.ts';

describe('fitting a logistic regression', () => {
  it('finds the weights that examples were drawn with, for features of whatever scale', () => {
    const random = mulberry32(1);
    const examples = Array.from({ length: 4000 }, () => {
      const [small, large] = [random(), 100 * random()];
      const probability = 1 / (1 + Math.exp(-(-1 + 4 * small - 0.03 * large)));
      return { features: [small, large, 7], isPositive: random() < probability };
    });
    const { bias, weights } = fitLogisticRegression(examples, 0);
    expect(Math.abs(bias + 1)).toBeLessThan(0.3);
    expect(Math.abs((weights[0] ?? 0) - 4)).toBeLessThan(0.4);
    expect(Math.abs((weights[1] ?? 0) + 0.03)).toBeLessThan(0.005);
    expect(weights[2]).toBe(0);
  });

  it('gives no great weight to what separates by chance', () => {
    const examples = [0, 1, 2, 3].map((value) => ({ features: [value], isPositive: value > 1 }));
    const [penalised = 0] = fitLogisticRegression(examples, 1).weights;
    const [free = 0] = fitLogisticRegression(examples, 0).weights;
    expect(penalised).toBeGreaterThan(0);
    expect(penalised).toBeLessThan(free / 4);
  });
});
