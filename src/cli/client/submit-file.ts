import { access, constants, stat } from 'node:fs/promises';
import { CommandFailure, EXIT_CODES } from '../command-failure.ts';
import {
  SubmitVideoDocument,
  type JobLineFragment,
  type SubmitVideoMutationVariables,
} from '../generated/graphql.ts';
import { LocalFile } from './multipart-request.ts';
import type { ServiceClient } from './service-client.ts';

/** What is asked for beside the video. */
export type Submission = Omit<SubmitVideoMutationVariables, 'file'>;

/** @throws CommandFailure (wrong usage) when `path` is no file that can be read. */
export async function assertReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isFile()) return;
  } catch {
    // Said below, for whatever reason.
  }
  throw new CommandFailure(
    EXIT_CODES.wrongUsage,
    null,
    `${path} cannot be read. Give the path of an MP4 file.`,
  );
}

/** Submits the file at `path`, which is read while it is sent. */
export async function submitFile(
  client: ServiceClient,
  path: string,
  submission: Submission = {},
): Promise<JobLineFragment> {
  const variables = { ...submission, file: new LocalFile(path) };
  const { submitVideo } = await client.request(SubmitVideoDocument, variables);
  return submitVideo;
}
