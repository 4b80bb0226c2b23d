import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AppError } from '../errors.ts';
import { checkScopes } from './context.ts';
import { JobActionsResolver } from './job-actions.resolver.ts';
import { JobResolver } from './job.resolver.ts';
import { ResultsResolver } from './results.resolver.ts';
import { ServiceResolver } from './service.resolver.ts';

/** What the resolvers are built from: the services that have these names. */
export type ResolverServices = ConstructorParameters<typeof JobResolver>[0] &
  ConstructorParameters<typeof JobActionsResolver>[0] &
  ConstructorParameters<typeof ResultsResolver>[0] &
  ConstructorParameters<typeof ServiceResolver>[0];

/** Builds the executable schema over `services`. */
export function buildGraphqlSchema(services: ResolverServices): GraphQLSchema {
  const instances = new Map<unknown, object>([
    [JobResolver, new JobResolver(services)],
    [JobActionsResolver, new JobActionsResolver(services)],
    [ResultsResolver, new ResultsResolver(services)],
    [ServiceResolver, new ServiceResolver(services)],
  ]);
  return buildSchemaSync({
    resolvers: [JobResolver, JobActionsResolver, ResultsResolver, ServiceResolver],
    validate: false,
    authChecker: checkScopes,
    container: {
      get(resolverClass) {
        const instance = instances.get(resolverClass);
        if (instance) return instance;
        throw new AppError('INTERNAL_SERVER_ERROR', 'A resolver is missing in the composition root.');
      },
    },
  });
}
