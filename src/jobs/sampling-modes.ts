/**
 * How the frames that are looked at are chosen. `uniform`: so many a second. `adaptive`: those, and the frames before and
 * after a visible change, within a budget. `all`: every frame of the video.
 */
export const SAMPLING_MODES = ['uniform', 'adaptive', 'all'] as const;

/** One of SAMPLING_MODES. */
export type SamplingMode = (typeof SAMPLING_MODES)[number];
