import type { ErrorCode } from '../../src/error-codes.ts';
import type { ResultsWarning } from '../../src/results/results-document.ts';

/** What is right for a file: it is refused when it is uploaded, or its job fails, or it is completed. */
export type Outcome =
  | { refused: ErrorCode }
  | { failed: ErrorCode }
  | { width: number; height: number; warnings: ResultsWarning['code'][] };

const fine = (width = 768, height = 576): Outcome => ({ width, height, warnings: [] });
const warned = (...warnings: ResultsWarning['code'][]): Outcome => ({ width: 768, height: 576, warnings });

/** The odd but valid files of the optional data, with the sizes at which a player shows them. */
export const ODD_FILES: Readonly<Record<string, Outcome>> = {
  'anamorphic_sar2.mp4': fine(1536, 576),
  'audio_only.mp4': { failed: 'UNSUPPORTED_MEDIA' },
  'audio_with_cover_art.mp4': { failed: 'UNSUPPORTED_MEDIA' },
  'av1.mp4': fine(),
  'base_h264_aac_faststart.mp4': fine(),
  'edit_list_cut.mp4': fine(),
  'fps_0_2.mp4': fine(),
  'fragmented_dash.mp4': fine(),
  'hevc_10bit.mp4': fine(),
  'interlaced.mp4': fine(),
  // Matroska, whatever its name says.
  'mkv_named.mp4': { refused: 'INVALID_VIDEO' },
  'moov_at_end.mp4': fine(),
  'no_audio.mp4': fine(),
  'odd_dims_767x575.mp4': fine(767, 575),
  'one_frame.mp4': fine(),
  'rotate_90.mp4': fine(576, 768),
  'two_video_tracks.mp4': fine(),
  'vfr.mp4': fine(),
  'video_starts_3s_late.mp4': fine(),
};

/** The corrupt files of the optional data. */
export const CORRUPT_FILES: Readonly<Record<string, Outcome>> = {
  '8bytes.mp4': { failed: 'INVALID_VIDEO' },
  // The lie stands where no decoder looks: the stream itself tells its size.
  'avc1_dims_65535.mp4': fine(),
  'deep_nested_moov.mp4': { failed: 'INVALID_VIDEO' },
  'empty.mp4': { refused: 'INVALID_VIDEO' },
  'ffconcat_localfile.mp4': { refused: 'INVALID_VIDEO' },
  'ftyp_only.mp4': { failed: 'INVALID_VIDEO' },
  'fuzz_mdat_00.mp4': warned('VIDEO_DAMAGED'),
  'fuzz_mdat_01.mp4': warned('VIDEO_DAMAGED'),
  'fuzz_mdat_02.mp4': warned('VIDEO_DAMAGED'),
  'fuzz_mdat_03.mp4': warned('VIDEO_DAMAGED'),
  'fuzz_mdat_04.mp4': warned('VIDEO_DAMAGED'),
  // One byte differs, in the index of the sound.
  'fuzz_moov_00.mp4': fine(),
  'fuzz_moov_01.mp4': { failed: 'INVALID_VIDEO' },
  'fuzz_moov_02.mp4': warned('VIDEO_TRUNCATED'),
  'fuzz_moov_03.mp4': warned('VIDEO_DAMAGED', 'VIDEO_TRUNCATED'),
  'fuzz_moov_04.mp4': { failed: 'INVALID_VIDEO' },
  'fuzz_moov_05.mp4': warned('VIDEO_TRUNCATED'),
  'fuzz_moov_06.mp4': warned('VIDEO_DAMAGED', 'VIDEO_TRUNCATED'),
  'fuzz_moov_07.mp4': { failed: 'UNSUPPORTED_MEDIA' },
  'fuzz_moov_08.mp4': { failed: 'UNSUPPORTED_MEDIA' },
  'fuzz_moov_09.mp4': { failed: 'INVALID_VIDEO' },
  'hls_playlist_localfile.mp4': { refused: 'INVALID_VIDEO' },
  'jpeg_named.mp4': { refused: 'INVALID_VIDEO' },
  // The file's header lies about the duration; its tracks do not.
  'mvhd_duration_max.mp4': fine(),
  'random.mp4': { refused: 'INVALID_VIDEO' },
  'text.mp4': { refused: 'INVALID_VIDEO' },
  'trunc_faststart_1pct.mp4': { failed: 'INVALID_VIDEO' },
  'trunc_faststart_50pct.mp4': warned('VIDEO_DAMAGED', 'VIDEO_TRUNCATED'),
  'trunc_moovend_50pct.mp4': { failed: 'INVALID_VIDEO' },
};
