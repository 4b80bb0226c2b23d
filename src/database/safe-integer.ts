/** bigint columns arrive as text; all of ours stay below 2^53. */
export const safeInteger = { to: (value: number) => value, from: (value: string) => Number(value) };
