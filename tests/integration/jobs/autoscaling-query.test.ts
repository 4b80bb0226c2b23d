import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../../src/config.ts';
import { insertJob, takerOf } from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const services = useTestServices();
const scaledObject = z.object({
  spec: z.object({ triggers: z.tuple([z.object({ metadata: z.object({ query: z.string() }) })]) }),
});

it('scales workers by the jobs that are pending and running', async () => {
  const manifest = await readFile(join(projectRoot, 'docs', 'kubernetes', 'autoscaling.yaml'), 'utf8');
  const [trigger] = scaledObject.parse(parse(manifest)).spec.triggers;
  const rows = z.tuple([z.object({ count: z.coerce.number() })]);
  const depth = async () => rows.parse(await services().dataSource.query(trigger.metadata.query))[0].count;
  expect(await depth()).toBe(0);

  const jobId = await insertJob(services());
  await insertJob(services());
  await insertJob(services());
  expect(await depth()).toBe(3);
  expect(await takerOf(services())()).not.toBeNull();
  expect(await depth()).toBe(3);
  await services().cancelJob('local', jobId);
  expect(await depth()).toBe(2);
});
