import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { judgeSpriteVideo } from '../../evaluation/judge-sprite-video.ts';
import { APART, CROSSING } from '../../evaluation/make-sprite-video.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const folder = temporaryDirectory();

describe('people of a photograph on known paths, encoded, detected by the default model and tracked', () => {
  it('keep their identities while they do not cross, at 1 and at 5 samples a second', async () => {
    const scores = await judgeSpriteVideo(APART, join(folder, 'apart.mp4'), [1, 5]);
    for (const { new: score } of scores) {
      expect(score).toMatchObject({ identitySwitches: 0, objects: 3, tracks: 3 });
      // The model misses some of them; nothing else may cost identity.
      expect(score.idf1).toBeGreaterThan(0.85);
    }
  });

  it('swap them at most once where one passes wholly behind the other', async () => {
    const scores = await judgeSpriteVideo(CROSSING, join(folder, 'crossing.mp4'), [1, 5]);
    for (const { new: score } of scores) expect(score.identitySwitches).toBeLessThanOrEqual(2);
    // At one sample a second, the movement before and after tells who is who.
    expect(scores[0]?.new).toMatchObject({ identitySwitches: 0, tracks: 2 });
  });
});
