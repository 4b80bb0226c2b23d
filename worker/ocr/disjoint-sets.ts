/** Sets of the numbers from 0 on, none of which is in two (a union-find structure, with path halving). */
export interface DisjointSets {
  /** The least number of the set that a number is in: equal for two numbers of one set. */
  rootOf(member: number): number;
  /** Makes one set of those that two numbers are in; returns its root. */
  join(one: number, other: number): number;
}

/** Creates `count` sets of one number each, 0 to `count - 1`. */
export function createDisjointSets(count: number): DisjointSets {
  const parents = new Int32Array(count);
  for (let member = 0; member < count; member += 1) parents[member] = member;
  const rootOf = (member: number): number => {
    let root = member;
    for (;;) {
      const parent = parents[root] ?? root;
      if (parent === root) return root;
      parents[root] = parents[parent] ?? parent;
      root = parent;
    }
  };
  return {
    rootOf,
    join(one, other) {
      const [a, b] = [rootOf(one), rootOf(other)];
      const root = Math.min(a, b);
      parents[Math.max(a, b)] = root;
      return root;
    },
  };
}
