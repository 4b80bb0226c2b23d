import { Query, Resolver } from 'type-graphql';
import { describePipelines } from '../jobs/describe-pipelines.ts';
import type { ServiceFacts } from '../service-facts.ts';
import { Pipeline, Service } from './service.types.ts';

/** What the service is and offers: every key may know that. */
@Resolver()
export class ServiceResolver {
  readonly #facts: ServiceFacts;

  constructor(deps: { serviceFacts: ServiceFacts }) {
    this.#facts = deps.serviceFacts;
  }

  @Query(() => [Pipeline], { description: 'The pipelines there are, with their options.' })
  pipelines(): Pipeline[] {
    return describePipelines();
  }

  @Query(() => Service, { description: 'Version, limits and the table of errors.' })
  service(): Service {
    return this.#facts;
  }
}
