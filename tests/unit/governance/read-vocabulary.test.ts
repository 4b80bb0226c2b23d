import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readVocabulary } from '../../../ci/governance/read-vocabulary.ts';
import { projectRoot } from '../../../src/config.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const folder = temporaryDirectory();

describe('the vocabulary', () => {
  it('is the one that was agreed on', () => {
    expect(readVocabulary(join(projectRoot, 'ci', 'forbidden-vocabulary.yaml'))).toEqual({
      forbidden: [
        'websocket',
        'websockets',
        'streaming',
        'gpu_schedule',
        'distributed',
        'gpu_worker',
        'sse',
        'real_time',
        'async_stream',
        'live_feed',
      ],
      allowed: ['job_queue', 'worker', 'polling', 'async_job'],
    });
  });

  it.each([
    ['nothing', ''],
    ['broken YAML', 'forbidden: [sse'],
    ['no list', 'forbidden: sse\nallowed: []'],
    ['an empty list', 'forbidden: []\nallowed: []'],
    ['no allowed words', 'forbidden: [sse]'],
    ['a mistyped key', 'forbidden: [sse]\nallowed: []\nforbiden: [ws]'],
    ['a number', 'forbidden: [1]\nallowed: []'],
    ['another spelling', 'forbidden: [realTime]\nallowed: []'],
    ['a word twice', 'forbidden: [real_time, realtime]\nallowed: []'],
    ['a word that is forbidden and allowed', 'forbidden: [sse]\nallowed: [sse]'],
  ])('cannot be %s', (_, content) => {
    const file = join(folder, 'vocabulary.yaml');
    writeFileSync(file, content);
    expect(() => readVocabulary(file)).toThrow(/vocabulary|YAML/);
  });

  it('cannot be missing', () => {
    expect(() => readVocabulary('/nowhere/vocabulary.yaml')).toThrow('cannot be read');
  });
});
