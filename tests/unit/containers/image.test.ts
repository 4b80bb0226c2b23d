import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readAllowedFiles } from '../../../ci/clean-root/build-stages.ts';
import { readDockerfile } from '../../../ci/clean-root/read-dockerfile.ts';
import { complaintsAboutCompose } from '../../../ci/containers/check-compose.ts';
import { complaintsAboutDockerfile } from '../../../ci/containers/check-dockerfile.ts';
import { projectRoot } from '../../../src/config.ts';

const read = (name: string) => readFile(join(projectRoot, name), 'utf8');

/** The text with one thing changed; fails when that is not there. */
function plant(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

describe('the check of the Dockerfile', () => {
  const complaints = async (from: string, to: string) =>
    complaintsAboutDockerfile(
      plant(await read('Dockerfile'), from, to),
      await readAllowedFiles(join(projectRoot, '.dockerignore')),
    );

  it('finds nothing', async () => {
    expect(await complaints('', '')).toEqual([]);
  });

  it.each([
    ['EXPOSE 4000', 'EXPOSE plenty', 'Invalid containerPort: plenty'],
    ['COPY src src', 'COPY docs docs', 'Dockerfile: COPY takes docs, which .dockerignore keeps out.'],
    ['DATA_DIR=/data', 'DATA_FOLDER=/data', 'Dockerfile: src/config.ts knows no variable DATA_FOLDER.'],
    ['USER 10001:10001', 'USER 0:0', "Dockerfile: USER must be numbers, and not root's."],
  ])('finds fault with %s as %s', async (from, to, complaint) => {
    expect(await complaints(from, to)).toEqual([expect.stringContaining(complaint)]);
  });

  it.each(['COPY --chown=1:1 src src', 'RUN ["true"]', 'SHELL ["/bin/bash"]', 'COPY src/*.ts src'])(
    'refuses %s, which the clean roots could not repeat',
    async (line) => {
      const text = plant(await read('Dockerfile'), 'COPY src src', line);
      expect(() => readDockerfile(text)).toThrow('does not know how to repeat');
    },
  );
});

describe('the check of compose.yaml', () => {
  const complaints = async (from: string, to: string) =>
    complaintsAboutCompose(plant(await read('compose.yaml'), from, to));

  it('finds nothing', async () => {
    expect(await complaints('', '')).toEqual([]);
  });

  it.each([
    ['shm_size', 'shm_sizes', 'services.postgres: Unrecognized key: "shm_sizes"'],
    ['WORKER_MAX_MEMORY_BYTES', 'WORKER_MEMORY', 'src/config.ts knows no variable WORKER_MEMORY'],
    ['read_only: true', 'read_only: false', 'its root can be written to'],
    ['stop_grace_period: 15s', 'stop_grace_period: 8s', 'stop_grace_period is too short'],
  ])('finds fault with %s as %s', async (from, to, complaint) => {
    expect(await complaints(from, to)).toContainEqual(expect.stringContaining(complaint));
  });

  it('refuses what the service would refuse at its start', async () => {
    await expect(complaints('AUTHENTICATION: keys', 'AUTHENTICATION: off')).rejects.toThrow('HOST');
  });
});
