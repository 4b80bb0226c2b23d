import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { complaintsAboutManifests } from '../../../ci/containers/check-manifests.ts';
import { projectRoot } from '../../../src/config.ts';
import { listBlocks } from '../../helpers/documented-blocks.ts';
import { readProjectFile } from '../../helpers/documents/project-files.ts';

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

describe('the manifests', () => {
  it('leave the API to everybody, and the port of METRICS_PORT to one namespace alone', () => {
    const [, port] = /METRICS_PORT: '(\d+)'/.exec(readProjectFile('docs/kubernetes/config.yaml')) ?? [];
    expect(parse(readProjectFile('docs/kubernetes/network-policy.yaml'))).toMatchObject({
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'foregsyte' } },
        policyTypes: ['Ingress'],
        ingress: [
          { ports: [{ port: 4000 }] },
          { from: [{ namespaceSelector: expect.anything() }], ports: [{ port: Number(port) }] },
        ],
      },
    });
    for (const name of ['api.yaml', 'worker.yaml'])
      expect(readProjectFile(`docs/kubernetes/${name}`)).toContain(`name: metrics, containerPort: ${port}`);
  });

  it('of docs/containers.md, with which operators back up, are right too', async () => {
    const blocks = listBlocks(readProjectFile('docs/containers.md'));
    const files = blocks.filter(({ text }) => text.startsWith('# operator.yaml'));
    expect(files).toHaveLength(1);
    expect(await complaintsAboutManifests(new Map(files.map(({ text }) => ['operator.yaml', text])))).toEqual(
      [],
    );
  });
});
