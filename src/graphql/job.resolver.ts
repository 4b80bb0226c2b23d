import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { MAX_STATUSES, type JobFinder } from '../jobs/find-jobs.ts';
import type { JobStatusView } from '../jobs/job-view.ts';
import { MAX_JOBS_PAGE, type JobLister, type JobOrder } from '../jobs/list-jobs.ts';
import type { RequestContext } from './context.ts';
import { JobOrderEnum } from './enums.ts';
import { JobConnection, JobFilterInput } from './job-connection.types.ts';
import { lookAhead, type Outlooks } from './job-outlook.ts';
import { JobStatusReport } from './job-status.types.ts';
import { Job, toJob } from './job.types.ts';

/** Asking after jobs. */
@Resolver(() => JobConnection)
export class JobResolver {
  readonly #jobs: JobFinder;
  readonly #list: JobLister;
  readonly #outlooks: Outlooks;

  constructor(deps: { jobs: JobFinder; jobList: JobLister } & Outlooks) {
    this.#jobs = deps.jobs;
    this.#list = deps.jobList;
    this.#outlooks = deps;
  }

  @Authorized('read')
  @Query(() => Job, { description: 'One of your jobs. Fails with JOB_NOT_FOUND when there is none.' })
  async job(
    @Arg('id', () => ID, { description: 'UUID of the job.' }) id: string,
    @Ctx() { caller }: RequestContext,
  ): Promise<Job> {
    return toJob(await this.#jobs.findJob(caller.owner, id, 'id'), this.#outlooks);
  }

  @Authorized('read')
  @Query(() => JobConnection, {
    description: 'Your jobs, page by page. Every page costs the same, however many jobs there are.',
  })
  async jobs(
    @Arg('filter', () => JobFilterInput, {
      nullable: true,
      description: 'Which jobs to list; all when left out.',
    })
    filter: JobFilterInput | null,
    @Arg('orderBy', () => JobOrderEnum, {
      defaultValue: JobOrderEnum.CREATED_AT_DESC,
      description: 'The order of the list.',
    })
    orderBy: JobOrder,
    @Arg('first', () => Int, {
      defaultValue: 20,
      description: `How many jobs to return at most: 1 to ${MAX_JOBS_PAGE}.`,
    })
    first: number,
    @Arg('after', () => String, {
      nullable: true,
      description: 'Cursor of the job behind which to begin: `pageInfo.endCursor` of the page before.',
    })
    after: string | null,
    @Ctx() { caller }: RequestContext,
  ): Promise<JobConnection> {
    const page = await this.#list.list(caller.owner, {
      filter: filter ?? {},
      orderBy,
      first,
      after: after ?? null,
    });
    const edges = await Promise.all(
      page.edges.map(async ({ cursor, node }) => ({ cursor, node: await toJob(node, this.#outlooks) })),
    );
    return new JobConnection(edges, page.hasNextPage, caller.owner, filter ?? {});
  }

  @FieldResolver(() => Int, {
    description: 'How many jobs meet the filter. Ask only when you need it: they are counted one by one.',
  })
  async totalCount(@Root() list: JobConnection): Promise<number> {
    return this.#list.count(list.owner, list.filter);
  }

  @Authorized('read')
  @Query(() => JobStatusReport, {
    description:
      'How one of your jobs stands, and when to ask again. Fails with JOB_NOT_FOUND when there is none.',
  })
  async status(
    @Arg('jobId', () => ID, { description: 'UUID of the job.' }) jobId: string,
    @Ctx() { caller }: RequestContext,
  ): Promise<JobStatusReport> {
    return this.#toReport(await this.#jobs.findStatus(caller.owner, jobId));
  }

  @Authorized('read')
  @Query(() => [JobStatusReport], {
    nullable: 'items',
    description: `How up to ${MAX_STATUSES} of your jobs stand, in the order of the ids; null for one that is not there.`,
  })
  async statuses(
    @Arg('jobIds', () => [ID], { description: `UUIDs of the jobs: at most ${MAX_STATUSES}.` })
    jobIds: string[],
    @Ctx() { caller }: RequestContext,
  ): Promise<(JobStatusReport | null)[]> {
    const found = await this.#jobs.findStatuses(caller.owner, jobIds);
    return Promise.all(found.map(async (status) => status && this.#toReport(status)));
  }

  async #toReport(view: JobStatusView): Promise<JobStatusReport> {
    return new JobStatusReport(view, await lookAhead(view, this.#outlooks));
  }
}
