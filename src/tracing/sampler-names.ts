/** The values of OTEL_TRACES_SAMPLER that OpenTelemetry defines for everybody. */
export const SAMPLER_NAMES = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** See SAMPLER_NAMES. */
export type SamplerName = (typeof SAMPLER_NAMES)[number];
