import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { complaintsAboutManifests } from '../../../ci/containers/check-manifests.ts';
import { projectRoot } from '../../../src/config.ts';

describe('the check of the manifests', () => {
  const complaints = async (...faults: [file: string, from: string, to: string][]) => {
    const folder = join(projectRoot, 'docs', 'kubernetes');
    const files = new Map<string, string>();
    for (const name of await readdir(folder)) files.set(name, await readFile(join(folder, name), 'utf8'));
    for (const [file, from, to] of faults) {
      const text = files.get(file) ?? '';
      expect(text).toContain(from);
      files.set(file, text.replace(from, to));
    }
    return (await complaintsAboutManifests(files)).join('\n');
  };

  it('finds nothing', async () => {
    expect(await complaints()).toBe('');
  });

  it('finds unknown fields and wrong types', async () => {
    const found = await complaints(
      ['worker.yaml', 'failureThreshold', 'failureTreshold'],
      ['autoscaling.yaml', 'pollingInterval: 15', "pollingInterval: '15'"],
    );
    expect(found).toContain("'\"failureTreshold\"' does not exist in type 'IProbe'");
    expect(found).toMatch(/autoscaling.*Type 'string' is not assignable to type 'number'/);
  });

  it('finds values that the schema forbids, and what we ask of deployments', async () => {
    const found = await complaints(
      ['api.yaml', 'replicas: 1', 'replicas: 1.5'],
      ['api.yaml', 'terminationGracePeriodSeconds: 20', 'terminationGracePeriodSeconds: 13'],
      ['worker.yaml', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'],
      ['config.yaml', 'LOG_LEVEL', 'LOGLEVEL'],
    );
    expect(found).toMatch(/api\.yaml.*replicas.*must be integer/);
    expect(found).toContain('api.yaml: terminationGracePeriodSeconds is too short.');
    expect(found).toMatch(/worker\.yaml.*readOnlyRootFilesystem/);
    expect(found).toContain('src/config.ts knows no variable LOGLEVEL.');
  });
});
