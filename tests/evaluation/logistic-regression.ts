/** What was measured of one thing, and whether it is of the kind that is looked for. */
export interface Example {
  /** The same number of them for each example. */
  features: readonly number[];
  isPositive: boolean;
}

/** 1 / (1 + exp(-(bias + sum of weight times feature))) is the probability of an example being positive. */
export interface LogisticModel {
  bias: number;
  weights: number[];
}

const STEPS = 20_000;
const STEP_LENGTH = 2;
/** A mean slope that moves no weight any more in any figure that counts. */
const FLAT = 1e-9;

/**
 * Fits a logistic regression by gradient descent on standardised features, with `penalty` times half the sum of the squared
 * weights of those added to the negative log likelihood (ridge), so that what separates by chance gets no great weight. The
 * weights are for the features as they are given.
 */
export function fitLogisticRegression(examples: readonly Example[], penalty: number): LogisticModel {
  const width = examples[0]?.features.length ?? 0;
  const columns = Array.from({ length: width }, (_, column) =>
    examples.map(({ features }) => features[column] ?? 0),
  );
  const means = columns.map((values) => sum(values) / values.length);
  const deviations = columns.map((values, column) => {
    const mean = means[column] ?? 0;
    // What is the same for all examples says nothing, and must not divide by nothing.
    return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length) || 1;
  });
  const rows = examples.map(({ features, isPositive }) => ({
    inputs: features.map((value, column) => (value - (means[column] ?? 0)) / (deviations[column] ?? 1)),
    target: isPositive ? 1 : 0,
  }));
  let bias = 0;
  let weights = means.map(() => 0);
  for (let step = 0; step < STEPS; step += 1) {
    let slope = 0;
    const slopes = weights.map((weight) => penalty * weight);
    for (const { inputs, target } of rows) {
      const error = logistic(bias + dot(weights, inputs)) - target;
      slope += error;
      for (const [column, input] of inputs.entries()) slopes[column] = (slopes[column] ?? 0) + error * input;
    }
    if (Math.hypot(slope, ...slopes) / rows.length < FLAT) break;
    bias -= (STEP_LENGTH / rows.length) * slope;
    weights = weights.map((weight, column) => weight - (STEP_LENGTH / rows.length) * (slopes[column] ?? 0));
  }
  const unscaled = weights.map((weight, column) => weight / (deviations[column] ?? 1));
  return { bias: bias - dot(unscaled, means), weights: unscaled };
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function dot(one: readonly number[], other: readonly number[]): number {
  return sum(one.map((value, index) => value * (other[index] ?? 0)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
