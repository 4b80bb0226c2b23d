/** Fails on a TypeScript file of more than 250 lines, and on a folder that is named after no idea. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const MAX_LINES = 250;
/** Nobody reads what a program wrote. */
const GENERATED = /^src\/cli\/generated\//;
const FORBIDDEN_FOLDERS = /(^|\/)(utils|common|helpers)\//;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(ts|mjs)$/.test(file) && !GENERATED.test(file));
const complaints = files.flatMap((file) => {
  const lines = readFileSync(file, 'utf8').split('\n').length - 1;
  return [
    ...(lines > MAX_LINES ? [`${file}: ${lines} lines, at most ${MAX_LINES} are allowed`] : []),
    ...(!file.startsWith('tests/') && FORBIDDEN_FOLDERS.test(file)
      ? [`${file}: name the folder after what it holds`]
      : []),
  ];
});
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`${files.length} files: sizes and folders are as agreed.`);
