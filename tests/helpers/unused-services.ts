import { readConfig } from '../../src/config.ts';
import type { ResolverServices } from '../../src/graphql/schema.ts';
import { describeService } from '../../src/service-facts.ts';

const unused = (): never => {
  throw new Error('The test did not expect this service to be used.');
};

/** Services that fail when they are used, for tests that need but a few real ones. */
export const UNUSED_SERVICES: ResolverServices = {
  submitVideo: unused,
  cancelJob: unused,
  retryJob: unused,
  deleteJob: unused,
  openResults: unused,
  jobs: { findJob: unused, findStatus: unused, findStatuses: unused },
  jobList: { list: unused, count: unused },
  polling: { pollAfterMs: unused },
  serviceFacts: describeService(readConfig({})),
};
