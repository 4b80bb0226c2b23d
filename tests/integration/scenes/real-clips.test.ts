import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { findSceneCuts } from '../../evaluation/find-scene-cuts.ts';
import { describeWithData, optionalData } from '../../helpers/optional-data.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { testBinaries } from '../../helpers/video-tools.ts';

const folder = temporaryDirectory();

/** Puts pieces of clips behind one another, or what other filters make of `inputs`. */
async function makeVideo(inputs: readonly string[][], filters: string): Promise<string> {
  const path = join(folder, 'made.mp4');
  const { ffmpegPath } = await testBinaries();
  const output = ['-c:v', 'libx264', '-preset', 'veryfast', path];
  const graph = ['-filter_complex', filters];
  await promisify(execFile)(ffmpegPath, ['-v', 'error', '-y', ...inputs.flat(), ...graph, ...output]);
  return path;
}

describeWithData('videos/objects', 'scene cuts of real clips', () => {
  const cars = optionalData('videos/objects', 'car-detection.mp4');
  const people = optionalData('videos/objects', 'vtest_h264.mp4');
  const alike = 'setpts=PTS-STARTPTS,fps=25,scale=640:360,setsar=1,format=yuv420p';
  const inTurn = (count: number) => {
    const parts = Array.from(
      { length: count },
      (_, index) => `[${index}:v]${alike},trim=end_frame=150[part${index}]`,
    );
    return `${parts.join(';')};${parts.map((_, index) => `[part${index}]`).join('')}concat=n=${count}`;
  };
  const piece = (path: string, fromSeconds: number, seconds: number) => [
    ...['-ss', `${fromSeconds}`],
    ...['-t', `${seconds}`, '-i', path],
  ];

  it.each([0.2, 1, 5])('are none at %d samples a second', async (rate) => {
    for (const path of [cars, people]) expect(await findSceneCuts(path, rate)).toEqual([]);
  });

  it.each([1, 5])('are where one clip follows the other, at %d samples a second', async (rate) => {
    const pieces = [piece(people, 0, 7), piece(cars, 15, 7), piece(people, 40, 7), piece(cars, 4, 7)];
    const path = await makeVideo(pieces, inTurn(4));
    expect(await findSceneCuts(path, rate)).toEqual([6000, 12_000, 18_000]);
  });

  it('are found behind a fade by way of black, and not behind one that leads back to the scene', async () => {
    const faded = (count: number) =>
      inTurn(count)
        .replace('[part0]', ',fade=out:st=4:d=2[part0]')
        .replace('[part1]', ',fade=in:st=0:d=2[part1]');
    const elsewhere = await makeVideo([piece(people, 0, 7), piece(cars, 15, 7)], faded(2));
    const [cut = 0, ...others] = await findSceneCuts(elsewhere, 1);
    expect(others).toEqual([]);
    expect(cut).toBeGreaterThanOrEqual(6000);
    expect(cut).toBeLessThanOrEqual(8000);
    const back = await makeVideo([piece(people, 0, 7), piece(people, 6, 7)], faded(2));
    expect(await findSceneCuts(back, 1)).toEqual([]);
  });

  it('are none where the camera turns or the light flickers', async () => {
    const turned = await makeVideo([piece(people, 0, 8)], "crop=384:288:x='48*t':y=200");
    const flicker = "eq=brightness='0.3*sin(t*7)':contrast='1+0.5*sin(t*11)':eval=frame";
    const flickering = await makeVideo([piece(people, 0, 8)], flicker);
    for (const rate of [1, 5]) {
      expect(await findSceneCuts(flickering, rate)).toEqual([]);
    }
    expect(await findSceneCuts(turned, 1)).toEqual([]);
  });
});
