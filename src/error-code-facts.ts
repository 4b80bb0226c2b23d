/** What one published code means, for clients and for the service itself. */
export interface ErrorCodeFacts {
  /** Status of a plain HTTP route's answer, and of a GraphQL request that is refused before it is executed. */
  httpStatus: number;
  /** Whether the same again, later, may succeed: another request, or another attempt at a job. */
  retryable: boolean;
  /** Where it is met: in the answer to a request, as the `errorCode` of a job, or in the operator's log alone. */
  seenIn: readonly ('request' | 'job' | 'log')[];
  /** When it is met. */
  when: string;
  /** What to do next. */
  remedy: string;
}
