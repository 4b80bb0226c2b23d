/** Sets of numbers from 0 on, none of which is in two (a union-find structure, with path halving). */
export interface DisjointSets {
  /** The next number, in a set of its own. */
  add(): number;
  /** The least number of the set that a number is in: equal for two numbers of one set. */
  rootOf(member: number): number;
  /** Makes one set of those that two numbers are in; returns its root. */
  join(one: number, other: number): number;
}

/** Creates them, empty. */
export function createDisjointSets(): DisjointSets {
  const parents: number[] = [];
  const rootOf = (member: number): number => {
    let root = member;
    while (parents[root] !== root) {
      const up = parents[root] ?? root;
      parents[root] = parents[up] ?? up;
      root = up;
    }
    return root;
  };
  return {
    add: () => parents.push(parents.length) - 1,
    rootOf,
    join(one, other) {
      const [a, b] = [rootOf(one), rootOf(other)];
      const root = Math.min(a, b);
      parents[Math.max(a, b)] = root;
      return root;
    },
  };
}
