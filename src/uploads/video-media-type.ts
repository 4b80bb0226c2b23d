import { AppError } from '../errors.ts';

/** What clients send for MP4 files, and for files whose type they do not know; the last is what curl says of all. */
const ACCEPTED = new Set([
  'video/mp4',
  'video/quicktime',
  'application/mp4',
  'video/x-m4v',
  'application/octet-stream',
  '',
  'application/x-www-form-urlencoded',
]);

/** @throws AppError UNSUPPORTED_MEDIA when the client itself says that the file is something else than a video. */
export function assertVideoMediaType(mediaType: string | undefined): void {
  const [essence = ''] = (mediaType ?? '').split(';');
  if (ACCEPTED.has(essence.trim().toLowerCase())) return;
  throw new AppError(
    'UNSUPPORTED_MEDIA',
    'The request says that the file is no MP4. Send an MP4 file as video/mp4 or application/octet-stream.',
    { details: { accepted: 'video/mp4' } },
  );
}
