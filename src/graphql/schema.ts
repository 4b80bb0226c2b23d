import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AppError } from '../errors.ts';
import { JobResolver } from './job.resolver.ts';
import { ResultsResolver } from './results.resolver.ts';

/** The resolvers of the product, built by the composition root. */
export interface Resolvers {
  job: JobResolver;
  results: ResultsResolver;
}

/** Builds the executable schema over `resolvers`. */
export function buildGraphqlSchema(resolvers: Resolvers): GraphQLSchema {
  const instances = new Map<unknown, object>([
    [JobResolver, resolvers.job],
    [ResultsResolver, resolvers.results],
  ]);
  return buildSchemaSync({
    resolvers: [JobResolver, ResultsResolver],
    validate: false,
    container: {
      get(resolverClass) {
        const instance = instances.get(resolverClass);
        if (instance) return instance;
        throw new AppError('INTERNAL_SERVER_ERROR', 'A resolver is missing in the composition root.');
      },
    },
  });
}
