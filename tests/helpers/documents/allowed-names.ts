/** Names that documents may use though the project does not define them, each with the reason. */
const ALLOWED_NAMES: readonly { document: RegExp; names: RegExp; reason: string }[] = [
  {
    document: /^docs\/native-backend\.md$/,
    names: /^TF_(NUM_INTRAOP_THREADS|NUM_INTEROP_THREADS|CPP_MIN_LOG_LEVEL)$/,
    reason: 'The native TensorFlow library reads them.',
  },
  {
    document: /^docs\/native-backend\.md$/,
    names: /^TF_(ONEDNN_THREADPOOL_USE_CALLER_THREAD|ENABLE_ONEDNN_OPTS)$/,
    reason: 'oneDNN, which the native TensorFlow library holds, reads them.',
  },
  {
    document: /^docs\/clients\.md$/,
    names: /^(src\/\*\*\/\*\.\{ts|\.\/src\/gql\/|src\/gql|src\/job-progress\.tsx)$/,
    reason: 'They lie in the folder of the reader, who writes a client.',
  },
  {
    document: /^docs\/clients\.md$/,
    names: /^(pollInterval|useMutation)$/,
    reason: 'They belong to Apollo Client, which is none of our packages.',
  },
  {
    document: /^docs\/containers\.md$/,
    names: /^BUILDAH_FORMAT$/,
    reason: 'Podman and Buildah read it.',
  },
  {
    document: /^docs\/traces\.md$/,
    names:
      /^OTEL_(EXPORTER_OTLP_(HEADERS|TIMEOUT|COMPRESSION|CERTIFICATE)|SERVICE_NAME|RESOURCE_ATTRIBUTES)$/,
    reason: 'The OpenTelemetry libraries read them.',
  },
  {
    document: /^docs\/traces\.md$/,
    names: /^foregsyte-(api|worker)$/,
    reason: 'What the processes call themselves in their traces.',
  },
  {
    document: /^docs\/operations\.md$/,
    names: /^pg_(dump|restore)$/,
    reason: 'Programs of Postgres.',
  },
  {
    document: /^docs\/metrics\.md$/,
    names: /^foregsyte_(nodejs|process)_/,
    reason: 'prom-client makes them of the prefix; `npm run metrics:check` compares them with a scrape.',
  },
  {
    document: /^docs\/decisions\/0011-/,
    names: /^EX_TEMPFAIL$/,
    reason: 'sysexits.h of the system gives exit code 75 this name.',
  },
  {
    document: /^docs\/decisions\/0009-/,
    names: /^cancel_requested_at$/,
    reason: 'The column that was decided against.',
  },
];

/** Whether the document at `path` may use a name that the project does not define. */
export function isAllowedName(path: string, name: string): boolean {
  return ALLOWED_NAMES.some(({ document, names }) => document.test(path) && names.test(name));
}
