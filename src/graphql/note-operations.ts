import type { ApolloServerPlugin } from '@apollo/server';
import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { RequestContext } from './context.ts';

/** Notes in the context what an operation asks for, and the code of its first error. */
export function noteOperations(): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ document, operation, contextValue }) {
          if (operation) contextValue.notes.operation = nameOperation(document, operation);
        },
        async willSendResponse({ response, contextValue }) {
          if (response.body.kind !== 'single') return;
          const [error] = response.body.singleResult.errors ?? [];
          const code = error?.extensions?.['code'];
          if (typeof code === 'string') contextValue.notes.code = code;
        },
      };
    },
  };
}

/**
 * The root field of a valid operation, such as `Query.status`, or `Query.*` when it has several. The name that the client
 * gave it is left out: there could be any number.
 */
export function nameOperation(document: DocumentNode, operation: OperationDefinitionNode): string {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const [field, ...others] = rootFields(operation.selectionSet, fragments);
  const type = `${operation.operation.charAt(0).toUpperCase()}${operation.operation.slice(1)}`;
  return `${type}.${others.length === 0 && field !== undefined ? field : '*'}`;
}

/** Every fragment is entered once: chained spreads, each doubled, would otherwise take exponential time. */
function rootFields(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  entered = new Set<string>(),
): Set<string> {
  return new Set(
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.name.value];
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return [...rootFields(selection.selectionSet, fragments, entered)];
      const fragment = fragments.get(selection.name.value);
      if (!fragment || entered.has(selection.name.value)) return [];
      entered.add(selection.name.value);
      return [...rootFields(fragment.selectionSet, fragments, entered)];
    }),
  );
}
