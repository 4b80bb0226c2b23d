import { productVersion, uploadTtlMs, type Config } from './config.ts';
import type { ErrorCodeFacts } from './error-code-facts.ts';
import { ERROR_CODE_NAMES, ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** What the service tells of itself. Sizes in bytes, times in milliseconds unless their names say hours. */
export interface ServiceFacts {
  version: string;
  acceptedContainers: string[];
  limits: {
    maxUploadBytes: number;
    maxDurationMs: number;
    maxFramePixels: number;
    maxSampledFrames: number;
    maxJobsWaiting: number;
    maxStoredBytes: number;
    maxUploadsAtOnce: number;
    requestsPerMinute: number;
    uploadTtlMs: number;
    retentionCompletedHours: number;
    retentionFailedHours: number;
    retentionCanceledHours: number;
  };
  errors: ({ code: ErrorCode } & ErrorCodeFacts)[];
}

function describeCode(code: ErrorCode): { code: ErrorCode } & ErrorCodeFacts {
  return { code, ...ERROR_CODES[code] };
}

/** The facts of a service with this configuration. */
export function describeService(config: Config): ServiceFacts {
  return {
    version: productVersion,
    acceptedContainers: ['video/mp4'],
    limits: {
      maxUploadBytes: config.MAX_UPLOAD_BYTES,
      maxDurationMs: config.MAX_VIDEO_DURATION_S * 1000,
      maxFramePixels: config.MAX_FRAME_PIXELS,
      maxSampledFrames: config.MAX_SAMPLED_FRAMES,
      maxJobsWaiting: config.MAX_JOBS_WAITING,
      maxStoredBytes: config.MAX_STORED_BYTES,
      maxUploadsAtOnce: config.MAX_UPLOADS_AT_ONCE,
      requestsPerMinute: config.REQUESTS_PER_MINUTE,
      uploadTtlMs: uploadTtlMs(config),
      retentionCompletedHours: config.RETENTION_COMPLETED_HOURS,
      retentionFailedHours: config.RETENTION_FAILED_HOURS,
      retentionCanceledHours: config.RETENTION_CANCELED_HOURS,
    },
    errors: ERROR_CODE_NAMES.map(describeCode),
  };
}
