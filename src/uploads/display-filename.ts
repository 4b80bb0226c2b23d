const MAX_FILENAME_LENGTH = 255;

/** What a client called its file, fit to be stored and shown: its last part, without control characters. */
export function displayFilename(filename: string): string {
  const name = filename.split(/[/\\]/).at(-1) ?? '';
  return (
    name
      .replaceAll(/\p{Cc}/gu, '')
      .trim()
      .slice(0, MAX_FILENAME_LENGTH) || 'video.mp4'
  );
}
