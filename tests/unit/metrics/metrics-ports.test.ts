import { expect, it } from '@jest/globals';
import { metricsPorts } from '../../../src/metrics/metrics-ports.ts';

it.each([
  [undefined, { api: null, worker: null }],
  [0, { api: 0, worker: 0 }],
  [9_464, { api: 9_464, worker: 9_465 }],
])('METRICS_PORT %p gives API and worker different ports', (port, ports) => {
  expect(metricsPorts({ METRICS_PORT: port })).toEqual(ports);
});

it('METRICS_PORT that leaves none above it is refused', () => {
  expect(() => metricsPorts({ METRICS_PORT: 65_535 })).toThrow(/METRICS_PORT must be below 65535/);
});
