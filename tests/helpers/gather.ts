/** All that comes, in order. */
export async function gather<T>(source: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const one of source) gathered.push(one);
  return gathered;
}
