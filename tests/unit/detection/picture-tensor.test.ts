import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { pictureTensor } from '../../../worker/detection/tensorflow/picture-tensor.ts';

beforeAll(async () => {
  await import('@tensorflow/tfjs-backend-cpu');
  await setBackend('cpu');
  // Without its advice to use another backend.
  enableProdMode();
});

describe('pictureTensor', () => {
  it.each([
    ['int32_0_255', 'int32', [0, 51, 255, 1, 2, 3]],
    ['float32_0_255', 'float32', [0, 51, 255, 1, 2, 3]],
    ['float32_0_1', 'float32', [0, 0.2, 1, 1 / 255, 2 / 255, 3 / 255]],
  ] as const)('gives channels as %s', (normalisation, dtype, expected) => {
    const data = new Uint8Array(new SharedArrayBuffer(6));
    data.set([0, 51, 255, 1, 2, 3]);
    const input = { node: 'x', width: 2, height: 1, normalisation, fit: 'stretch' } as const;
    const tensor = pictureTensor([{ width: 2, height: 1, data }], input);
    expect([tensor.shape, tensor.dtype]).toEqual([[1, 1, 2, 3], dtype]);
    expect([...tensor.dataSync()]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
    tensor.dispose();
  });

  it('puts several pictures one after the other', () => {
    const images = [10, 20, 30].map((value) => ({
      width: 1,
      height: 1,
      data: new Uint8Array(new SharedArrayBuffer(3)).fill(value),
    }));
    const input = { node: 'x', width: 1, height: 1, normalisation: 'int32_0_255', fit: 'stretch' } as const;
    const tensor = pictureTensor(images, input);
    expect(tensor.shape).toEqual([3, 1, 1, 3]);
    expect([...tensor.dataSync()]).toEqual([10, 10, 10, 20, 20, 20, 30, 30, 30]);
    tensor.dispose();
  });
});
