/** Settles as `work` does, or rejects with what `expired` makes when that takes longer than `limitMs`. */
export async function withTimeLimit<T>(work: Promise<T>, limitMs: number, expired: () => Error): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(expired()), limitMs);
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
