import { describe, expect, it } from '@jest/globals';
import { createFrameClock } from '../../../worker/frames/frame-clock.ts';

const line = (n: number, pts: number, seconds: string): string =>
  `[Parsed_showinfo_1 @ 0x55d] n:   ${n} pts:${String(pts).padStart(7)} pts_time:${seconds}     pos:  1703 fmt:yuv420p`;
const base = '[Parsed_showinfo_1 @ 0x55d] config in time_base: 1/10240, frame_rate: 10/1';

describe('createFrameClock', () => {
  it('computes with the exact timestamps, not with the rounded seconds beside them', async () => {
    const clock = createFrameClock();
    clock.readLine(base);
    clock.readLine(line(0, 126_418_944, '12345.6'));
    clock.readLine(line(1, -1024, '-0.1'));
    expect(await clock.next()).toBeCloseTo(12_345_600, 6);
    expect(await clock.next()).toBeCloseTo(-100, 6);
  });

  it('waits for a line that comes after its frame', async () => {
    const clock = createFrameClock();
    clock.readLine(base);
    const waiting = clock.next();
    clock.readLine(line(0, 10_240, '1'));
    expect(await waiting).toBe(1000);
  });

  it('passes over everything else that ffmpeg logs, and recognises a line that another one ran into', async () => {
    const clock = createFrameClock();
    clock.readLine(base);
    clock.readLine('    title           : pts: 99 pts_time:99');
    clock.readLine('[Parsed_showinfo_1 @ 0x55d] config out time_base: 0/0, frame_rate: 0/0');
    clock.readLine('[h264 @ 0x55e] error while decoding MB 0 5 n:   0 pts:  20480 pts_time:2 pos: 1');
    clock.end();
    expect(await clock.next()).toBe(2000);
    expect(await clock.next()).toBeUndefined();
  });

  it('lets go of whoever waits when there are no more lines', async () => {
    const clock = createFrameClock();
    const waiting = clock.next();
    clock.end();
    expect(await waiting).toBeUndefined();
  });
});
