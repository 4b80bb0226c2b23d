/** Names that documents may use though the project does not define them, each with the reason. */
const ALLOWED_NAMES: readonly { documents: RegExp; names: readonly string[]; reason: string }[] = [
  {
    documents: /^docs\/native-backend\.md$/,
    names: [
      'TF_NUM_INTRAOP_THREADS',
      'TF_NUM_INTEROP_THREADS',
      'TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD',
      'TF_CPP_MIN_LOG_LEVEL',
      'TF_ENABLE_ONEDNN_OPTS',
    ],
    reason: 'The native TensorFlow library reads them.',
  },
  {
    documents: /^docs\/clients\.md$/,
    names: ['src/**/*.{ts', './src/gql/', 'src/gql', 'src/job-progress.tsx'],
    reason: 'They lie in the folder of the reader, who writes a client.',
  },
  {
    documents: /^docs\/clients\.md$/,
    names: ['pollInterval', 'useMutation'],
    reason: 'They belong to Apollo Client, which is none of our packages.',
  },
  {
    documents: /^docs\/decisions\/0011-/,
    names: ['EX_TEMPFAIL'],
    reason: 'sysexits.h of the system gives exit code 75 this name.',
  },
  {
    documents: /^docs\/decisions\/0009-/,
    names: ['cancel_requested_at'],
    reason: 'The column that was decided against.',
  },
];

/** Whether the document at `path` may use a name that the project does not define. */
export function isAllowedName(path: string, name: string): boolean {
  return ALLOWED_NAMES.some(({ documents, names }) => documents.test(path) && names.includes(name));
}
