import { describe, expect, it } from '@jest/globals';
import { readConfig, retentionHours } from '../../../src/config.ts';
import { createRetention } from '../../../src/jobs/retention.ts';

const retention = createRetention({ completed: 1, failed: 24, canceled: 876_000 });
const finishedAt = new Date('2026-03-28T23:30:00.000Z');

describe('the time at which a job expires', () => {
  it.each([
    ['completed', '2026-03-29T00:30:00.000Z'],
    ['failed', '2026-03-29T23:30:00.000Z'],
    ['canceled', '2126-03-04T23:30:00.000Z'],
  ] as const)('of a job that is %s is %s', (status, expected) => {
    expect(retention.expiresAt({ status, finishedAt })?.toISOString()).toBe(expected);
  });

  it.each(['pending', 'running'] as const)('of a job that is %s is unknown', (status) => {
    expect(retention.expiresAt({ status, finishedAt: null })).toBeNull();
    expect(retention.expiresAt({ status, finishedAt })).toBeNull();
  });

  it('follows the configuration, each status its own', () => {
    const environment = {
      RETENTION_COMPLETED_HOURS: '1',
      RETENTION_FAILED_HOURS: '2',
      RETENTION_CANCELED_HOURS: '3',
    };
    expect(retentionHours(readConfig(environment))).toEqual({ completed: 1, failed: 2, canceled: 3 });
  });
});
