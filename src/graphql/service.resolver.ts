import { Query, Resolver } from 'type-graphql';
import { describePipelines } from '../jobs/describe-pipelines.ts';
import type { OcrLanguage } from '../jobs/ocr-languages.ts';
import type { ServiceFacts } from '../service-facts.ts';
import { Pipeline, Service } from './service.types.ts';

/** What the service is and offers: every key may know that. */
@Resolver()
export class ServiceResolver {
  readonly #facts: ServiceFacts;
  readonly #languages: readonly OcrLanguage[];

  constructor(deps: { serviceFacts: ServiceFacts; ocrLanguages: readonly OcrLanguage[] }) {
    this.#facts = deps.serviceFacts;
    this.#languages = deps.ocrLanguages;
  }

  @Query(() => [Pipeline], { description: 'The pipelines there are, with their options.' })
  pipelines(): Pipeline[] {
    return describePipelines(this.#languages);
  }

  @Query(() => Service, { description: 'Version, limits and the table of errors.' })
  service(): Service {
    return this.#facts;
  }
}
