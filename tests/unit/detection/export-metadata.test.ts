import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { METADATA_FILE, readExportMetadata } from '../../../worker/detection/models/export-metadata.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const root = temporaryDirectory();
let folder: string;
let count = 0;

const unavailable = (text: string) => ({ code: 'MODEL_UNAVAILABLE', message: expect.stringContaining(text) });
const read = async (yaml: string) => {
  await writeFile(join(folder, METADATA_FILE), yaml);
  return readExportMetadata(folder);
};

/** Each line stands for nine times as much as the one before it. */
function yamlBomb(): string {
  const lines = Array.from(
    { length: 8 },
    (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(9)}]`,
  );
  return ['a0: &a0 [x]', ...lines].join('\n');
}

describe('readExportMetadata', () => {
  beforeEach(async () => {
    count += 1;
    folder = join(root, String(count));
    await mkdir(folder);
  });

  it('reads what Ultralytics writes', async () => {
    const yaml = `version: 8.3.224
license: AGPL-3.0 License (https://ultralytics.com/license)
task: detect
imgsz:
- 480
- 640
names:
  0: '20'
  1: dart
args:
  nms: false
`;
    expect(await read(yaml)).toEqual({
      labels: ['20', 'dart'],
      version: '8.3.224',
      licence: 'AGPL-3.0',
      size: { width: 640, height: 480 },
    });
  });

  it('takes names as a list, and knows nothing of an export without metadata', async () => {
    expect(await readExportMetadata(folder)).toEqual({});
    expect(await read('names: [cat, dog]')).toEqual({ labels: ['cat', 'dog'] });
  });

  it.each([
    ['task: segment', 'trained to "segment"'],
    ['args: {nms: true}', 'nms=False'],
    ['names: {0: cat, 2: dog}', 'without gaps'],
    ['names: 3', 'not what Ultralytics writes'],
    ['names: [', 'not what Ultralytics writes'],
    [yamlBomb(), 'not what Ultralytics writes'],
  ])('refuses %j', async (yaml, message) => {
    await expect(read(yaml)).rejects.toMatchObject(unavailable(message));
  });

  it('does not follow a link', async () => {
    await symlink('/etc/passwd', join(folder, METADATA_FILE));
    await expect(readExportMetadata(folder)).rejects.toMatchObject(unavailable('no plain file'));
  });

  it('reads no huge file', async () => {
    await expect(read(`names: [${'x'.repeat(1024 ** 2)}]`)).rejects.toMatchObject(
      unavailable('no plain file'),
    );
  });
});
