import { z } from 'zod';
import { AppError } from '../../../src/errors.ts';
import type { ImageSize } from '../../fit-image.ts';

const CHANNELS = 3;

const dimensionSchema = z.looseObject({ size: z.coerce.number().optional() });
const topologySchema = z.looseObject({
  node: z.array(
    z.looseObject({
      name: z.string(),
      op: z.string(),
      attr: z
        .looseObject({
          shape: z
            .looseObject({ shape: z.looseObject({ dim: z.array(dimensionSchema).optional() }).optional() })
            .optional(),
        })
        .optional(),
    }),
  ),
});

/** The node through which pictures enter a graph. */
export interface GraphInput {
  name: string;
  /** In pixels; missing when the graph takes several. */
  size?: ImageSize;
}

/**
 * Finds the graph's only input, of pictures as [1, height, width, 3].
 * @throws AppError MODEL_UNAVAILABLE when there is none of that kind, or more than one.
 */
export function findGraphInput(topology: object): GraphInput {
  const parsed = topologySchema.safeParse(topology);
  const inputs = (parsed.data?.node ?? []).filter(({ op }) => op === 'Placeholder');
  const [input] = inputs;
  const dimensions = (input?.attr?.shape?.shape?.dim ?? []).map(({ size = -1 }) => size);
  const [, height = -1, width = -1, channels = -1] = dimensions;
  if (input === undefined || inputs.length > 1 || dimensions.length !== 4 || channels !== CHANNELS) {
    throw new AppError(
      'MODEL_UNAVAILABLE',
      'The graph has not one input of pictures as [1, height, width, 3]. Export the model again, with format=tfjs.',
    );
  }
  return { name: input.name, ...(height > 0 && width > 0 && { size: { width, height } }) };
}

/** Operations whose course or shape depends on values: TensorFlow.js runs graphs that have one step by step only. */
const DYNAMIC_OPERATIONS: ReadonlySet<string> = new Set([
  ...['Switch', 'Merge', 'Enter', 'Exit', 'NextIteration', 'StatelessIf', 'StatelessWhile', 'If', 'While'],
  ...['NonMaxSuppressionV2', 'NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5', 'Where'],
  ...['HashTable', 'HashTableV2', 'LookupTableFind', 'LookupTableFindV2', 'LookupTableSizeV2'],
]);

/** Whether the graph has an operation that TensorFlow.js runs asynchronously only. */
export function hasDynamicOperation(topology: object): boolean {
  const parsed = topologySchema.safeParse(topology);
  return parsed.data?.node.some(({ op }) => DYNAMIC_OPERATIONS.has(op)) ?? true;
}
