/** The value of each series of a scrape, by its name with labels, such as `foregsyte_jobs{state="pending"}`. */
export function scrapedValues(text: string): Map<string, number> {
  return new Map(
    [...text.matchAll(/^([^#\s][^ ]*(?:\{.*\})?) (\S+)$/gm)].map(([, series = '', value]) => [
      series,
      Number(value),
    ]),
  );
}
