import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { MODEL_NAME } from './jobs/model-name.ts';
import type { RetentionHours } from './jobs/retention.ts';
import { DELIVERY_SECONDS } from './queue/delivery-limit.ts';
import { SAMPLER_NAMES } from './tracing/sampler-names.ts';

/** Absolute path of the folder that holds package.json. */
export const projectRoot = findProjectRoot(import.meta.dirname);

/** The product's version, from package.json. */
export const productVersion = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))).version;

/** The folder that the user's command was typed in: npm changes to the project's and keeps this one in INIT_CWD. */
export const invocationDirectory = process.env['INIT_CWD'] ?? process.cwd();

const GIB = 1024 ** 3;
/** What is left of a delivery to end the longest attempt and to settle its job, in seconds. */
const SETTLING_SECONDS = 800;
const cores = availableParallelism();

const path = z
  .string()
  .min(1)
  .transform((value) => resolve(projectRoot, value));
const host = z.union([z.ipv4(), z.ipv6(), z.hostname()]);
const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const origins = z.string().transform((value, context) =>
  value.split(',').flatMap((part) => {
    const origin = part.trim();
    if (origin === '') return [];
    if (URL.canParse(origin) && new URL(origin).origin === origin) return [origin];
    context.addIssue('must be origins such as https://app.example.com, separated by commas');
    return z.NEVER;
  }),
);

/** Of the service that the command line speaks to. Whoever reads the message must not learn the value. */
const serviceUrl = z.string().transform((value, context) => {
  if (URL.canParse(value)) {
    const { protocol, username, password, search, hash, href } = new URL(value);
    const isPlain = username === '' && password === '' && search === '' && hash === '';
    if (/^https?:$/.test(protocol) && isPlain) return href.replace(/\/+$/, '');
  }
  context.addIssue(
    'must be an address such as http://127.0.0.1:4000, without a user and a password (or --url)',
  );
  return z.NEVER;
});
const apiKey = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be a key as `foregsyte keys create` printed it (or --key)');

/** Of an OpenTelemetry collector. */
const collectorUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an address such as http://127.0.0.1:4318',
});

/** Addresses that only this machine reaches. */
const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/** Whether only this machine reaches an address to listen on. */
export function isLoopbackHost(address: string): boolean {
  return LOOPBACK_HOSTS.includes(address);
}

/** One line a variable: its limits, its default. `.env.example` explains each; a test keeps the two in step. */
const environmentSchema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  HOST: host.default('127.0.0.1'),
  PORT: integer(0, 65535).default(4000),
  METRICS_HOST: host.default('127.0.0.1'),
  METRICS_PORT: integer(0, 65535).optional(),
  AUTHENTICATION: z.enum(['off', 'keys']).default('off'),
  CORS_ORIGINS: origins.default([]),
  REQUESTS_PER_MINUTE: integer(1, 1_000_000_000).default(3_000),
  MAX_JOBS_WAITING: integer(1, 1_000_000).default(1_000),
  MAX_STORED_BYTES: integer(1, 1_000_000 * GIB).default(100 * GIB),
  MAX_UPLOADS_AT_ONCE: integer(1, 1_000).default(8),
  UPLOAD_TTL_HOURS: integer(1, 168).default(24),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATA_DIR: path.default(join(projectRoot, 'data')),
  MODELS_DIR: path.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collectorUrl.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf', 'http/json'], 'must be http/protobuf or http/json: there is no gRPC here')
    .default('http/protobuf'),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLER_NAMES).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  MAX_UPLOAD_BYTES: integer(1, 64 * GIB).default(2 * GIB),
  MAX_VIDEO_DURATION_S: integer(1, 7 * 86400).default(6 * 3600),
  MAX_FRAME_PIXELS: integer(64, 7680 * 4320).default(7680 * 4320),
  MAX_SAMPLED_FRAMES: integer(1, 1_000_000).default(50_000),
  MAX_JOB_SECONDS: integer(1, DELIVERY_SECONDS - SETTLING_SECONDS).default(4 * 3600),
  JOB_BASE_SECONDS: integer(1, 86_400).default(600),
  JOB_SECONDS_PER_VIDEO_SECOND: integer(0, 3_600).default(60),
  DECODER_STALL_MS: integer(100, 3_600_000).default(60_000),
  INFERENCE_STALL_MS: integer(100, 3_600_000).default(120_000),
  FFMPEG_MAX_MEMORY_BYTES: integer(512 * 1024 ** 2, 1024 * GIB).default(4 * GIB),
  MAX_ATTEMPTS: integer(1, 100).default(3),
  RETRY_DELAY_MS: integer(0, 3_600_000).default(5_000),
  RETRY_MAX_DELAY_MS: integer(0, 86_400_000).default(300_000),
  CHECKPOINT_MS: integer(0, 3_600_000).default(10_000),
  MAX_RUNNING_JOBS: integer(1, 100_000).default(100_000),
  MAX_RUNNING_JOBS_PER_OWNER: integer(1, 100_000).default(100_000),
  MIN_FREE_BYTES: integer(0, 1_000_000 * GIB).default(GIB),
  RETENTION_COMPLETED_HOURS: integer(1, 876_000).default(168),
  RETENTION_FAILED_HOURS: integer(1, 876_000).default(168),
  RETENTION_CANCELED_HOURS: integer(1, 876_000).default(168),
  SWEEP_INTERVAL_MS: integer(100, 3_600_000).default(15_000),
  FFMPEG_PATH: z.string().min(1).optional(),
  FFPROBE_PATH: z.string().min(1).optional(),
  DETECTION_MODEL: z
    .string()
    .regex(MODEL_NAME, 'must be the name of a folder in MODELS_DIR')
    .default('ssdlite_mobilenet_v2'),
  TF_BACKEND: z.enum(['tensorflow', 'wasm', 'cpu']).optional(),
  DETECTION_THREADS: integer(1, 64).default(cores),
  DETECTION_BATCH: integer(1, 16).default(4),
  OCR_LANGUAGES_DIR: path.optional(),
  OCR_WORKERS: integer(1, 64).default(cores),
  WORKER_POLL_MS: integer(10, 60_000).default(500),
  WORKER_MAX_JOBS: integer(1, 1_000_000).default(1_000),
  WORKER_MAX_MEMORY_BYTES: integer(256 * 1024 ** 2, 1024 * GIB).default(4 * GIB),
  DATABASE_WAIT_MS: integer(0, 86_400_000).default(300_000),
  SHUTDOWN_GRACE_MS: integer(0, 600_000).default(5_000),
  FOREGSYTE_URL: serviceUrl.default('http://127.0.0.1:4000'),
  FOREGSYTE_API_KEY: apiKey.optional(),
});

const consistentSchema = environmentSchema.refine(
  ({ AUTHENTICATION, HOST }) => AUTHENTICATION !== 'off' || isLoopbackHost(HOST),
  {
    path: ['HOST'],
    error: `must be ${LOOPBACK_HOSTS.join(', ')} while AUTHENTICATION is off; set AUTHENTICATION=keys to serve other machines`,
  },
);

/** The validated environment, frozen. Paths are absolute, sizes in bytes, times in the unit of their name. */
export type Config = Readonly<z.infer<typeof environmentSchema>>;

/** The names of all environment variables that the product reads. */
export const configVariables: readonly string[] = Object.keys(environmentSchema.shape);

/**
 * Reads and validates the environment. An empty value counts as not set.
 * @throws AppError INVALID_CONFIGURATION naming each bad variable and what it must be, never its value.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const known = configVariables.flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  const parsed = consistentSchema.safeParse(Object.fromEntries(known));
  if (parsed.success) return Object.freeze(parsed.data);
  const complaints = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new AppError(
    'INVALID_CONFIGURATION',
    `Mend these environment variables and start again. ${complaints.join('. ')}. See .env.example.`,
  );
}

/** The environment for a child process of ours: this one's, with some variables replaced. */
export function childEnvironment(overrides: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...overrides };
}

/** Where uploads, results and their temporary files lie. */
export function storageDirectory(config: Config): string {
  return join(config.DATA_DIR, 'storage');
}

/** Where a worker's temporary files lie; all workers of a machine share it. */
export function scratchDirectory(config: Pick<Config, 'DATA_DIR'>): string {
  return join(config.DATA_DIR, 'scratch');
}

/** How long an upload waits for its job, in milliseconds. */
export function uploadTtlMs(config: Config): number {
  return config.UPLOAD_TTL_HOURS * 3_600_000;
}

/** For how many hours settled jobs are kept. */
export function retentionHours(config: Config): RetentionHours {
  return {
    completed: config.RETENTION_COMPLETED_HOURS,
    failed: config.RETENTION_FAILED_HOURS,
    canceled: config.RETENTION_CANCELED_HOURS,
  };
}

/** Where detection models lie, one folder each. */
export function modelsDirectory(config: Config): string {
  return config.MODELS_DIR ?? join(config.DATA_DIR, 'models');
}

/** Makes libraries of this process put their temporary files below `directory`, in its `tmp` folder. */
export function useTemporaryDirectory(directory: string): void {
  process.env['TMPDIR'] = join(directory, 'tmp');
}

/** What the native TensorFlow library is told by the environment; docs/native-backend.md says why. */
const TENSORFLOW_DEFAULTS: Readonly<Record<string, string>> = {
  // Warnings and errors, but not what it finds notable about the processor.
  TF_CPP_MIN_LOG_LEVEL: '1',
  // Cores are shared out by running several detection threads: that takes less time than several cores on one operation.
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  // Else all detection threads would queue for the library's one thread.
  TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD: '1',
};

/**
 * Sets what the native TensorFlow library reads from the environment, where the operator has not. To be called on the main
 * thread and before the library is loaded: native code does not see what another thread sets.
 */
export function useTensorflowDefaults(): void {
  for (const [name, value] of Object.entries(TENSORFLOW_DEFAULTS)) process.env[name] ||= value;
}

function findProjectRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('No package.json above the code: the installation is incomplete.');
  return findProjectRoot(parent);
}
