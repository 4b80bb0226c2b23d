import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  getVariableValues,
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { getComplexity, simpleEstimator, type ComplexityEstimatorArgs } from 'graphql-query-complexity';
import type { ErrorCode } from '../error-codes.ts';
import { AppError } from '../errors.ts';
import { MAX_SCANNED_ITEMS } from '../results/scan-section.ts';
import type { RequestContext } from './context.ts';

/** What one GraphQL document may be. */
export const DOCUMENT_LIMITS = {
  maxTokens: 2_000,
  maxDepth: 10,
  maxAliases: 20,
  maxDirectives: 20,
  /** Fields, each counted as often as the lists around it may be long; a page that is searched for, at least what it reads. */
  maxComplexity: 20_000,
  /** Fields and spreads, each counted as often as its fragment is spread: what measuring the complexity walks. */
  maxNodes: 10_000,
} as const;

const report = {
  propagateOnRejection: false,
  exposeLimits: true,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) =>
      context?.reportError(tooComplex(error.message.replace(/^Syntax Error: /, ''))),
  ],
};

/** Validation rules for what shows in the document alone. Apollo runs them once for each document. */
export const documentRules: readonly ValidationRule[] = [
  maxDepthRule({ n: DOCUMENT_LIMITS.maxDepth, ignoreIntrospection: true, flattenFragments: true, ...report }),
  maxAliasesRule({ n: DOCUMENT_LIMITS.maxAliases, ...report }),
  maxDirectivesRule({ n: DOCUMENT_LIMITS.maxDirectives, ...report }),
];

/** Refuses an operation that asks for too much with the variables it is given. */
export function limitComplexity(schema: GraphQLSchema): ApolloServerPlugin<RequestContext> {
  // Most operations cost the same whatever their variables, and are measured once.
  const known = new WeakMap<OperationDefinitionNode, number | 'depends on variables'>();
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ document, operation, request }) {
          if (!operation) return;
          const earlier = known.get(operation);
          const complexity =
            typeof earlier === 'number' ? earlier : measure(schema, document, operation, request);
          // Variables of the wrong type: the execution will say so.
          if (complexity === null) return;
          if (earlier === undefined) {
            known.set(operation, dependsOnVariables(document) ? 'depends on variables' : complexity);
          }
          if (complexity <= DOCUMENT_LIMITS.maxComplexity) return;
          throw tooComplex(
            `The operation asks for ${complexity} fields; the limit is ${DOCUMENT_LIMITS.maxComplexity}. Ask for smaller pages.`,
          );
        },
      };
    },
  };
}

/**
 * How much the operation asks for; null when its variables are not what it declares. What cannot be measured is refused:
 * let through, it would be a way around the limit.
 */
function measure(
  schema: GraphQLSchema,
  query: DocumentNode,
  operation: OperationDefinitionNode,
  { operationName, variables = {} }: GraphQLRequest,
): number | null {
  if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) return null;
  try {
    const { maxNodes: maxQueryNodes } = DOCUMENT_LIMITS;
    const estimators = [multiplyByListLength, simpleEstimator({ defaultComplexity: 1 })];
    const named = operationName ? { operationName } : {};
    return getComplexity({ schema, query, variables, estimators, maxQueryNodes, ...named });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    // An argument stands at its place in the document, as one that a variable makes null though it must not be.
    if (error.nodes) throw refuse('INVALID_ARGUMENT', error.message);
    throw tooComplex(
      `The operation spreads its fragments to ${DOCUMENT_LIMITS.maxNodes} selections or more. Spread fewer, or ask in several requests.`,
    );
  }
}

/** Whether a variable decides how long a list is, whether it is searched, or what is skipped. */
function dependsOnVariables(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Argument({ name, value }) {
      if (value.kind === Kind.VARIABLE && ['first', 'jobIds', 'filter', 'if'].includes(name.value))
        found = true;
    },
  });
  return found;
}

/**
 * A page counts as often as it has items, a lookup as often as it has ids. A filtered page of results may look at many
 * items to find a few: it counts as that many fields at least.
 */
function multiplyByListLength({ type, args, childComplexity }: ComplexityEstimatorArgs): number | undefined {
  const { first, jobIds, filter }: { first?: unknown; jobIds?: unknown; filter?: unknown } = args;
  if (typeof first === 'number') {
    const fields = 1 + Math.max(0, first) * childComplexity;
    const isSearched = type.name === 'Results' && filter !== null && filter !== undefined;
    return isSearched ? Math.max(fields, MAX_SCANNED_ITEMS) : fields;
  }
  if (Array.isArray(jobIds)) return 1 + jobIds.length * childComplexity;
  return undefined;
}

function tooComplex(message: string): GraphQLError {
  return refuse('QUERY_TOO_COMPLEX', message);
}

function refuse(code: ErrorCode, message: string): GraphQLError {
  const originalError = new AppError(code, message);
  return new GraphQLError(message, {
    originalError,
    extensions: { http: { status: originalError.httpStatus } },
  });
}
