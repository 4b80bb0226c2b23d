/**
 * Fragments `f0` to `f<levels>` on `type`, each of which spreads the next one twice; the last is `innermost`. Whoever
 * follows every spread enters the last one 2 to the power of `levels` times.
 */
export function doublingFragments(levels: number, type: string, innermost: string): string {
  const chained = Array.from(
    { length: levels },
    (_unused, level) => `fragment f${level} on ${type} { ...f${level + 1} ...f${level + 1} }`,
  );
  return [...chained, `fragment f${levels} on ${type} { ${innermost} }`].join(' ');
}
