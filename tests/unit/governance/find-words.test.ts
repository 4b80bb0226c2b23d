import { describe, expect, it } from '@jest/globals';
import { findForbiddenWords } from '../../../ci/governance/find-words.ts';

const VOCABULARY = {
  forbidden: ['websocket', 'websockets', 'streaming', 'gpu_worker', 'sse', 'real_time', 'live_feed'],
  allowed: ['worker', 'polling', 'real_time_clock'],
};

function find(text: string): string[] {
  return findForbiddenWords(text, VOCABULARY).map(({ line, entry }) => `${line}:${entry}`);
}

describe('a forbidden word', () => {
  it.each([
    ['snake_case', 'const real_time = 1;', ['1:real_time']],
    ['camelCase', 'let realTimeFrames = 0;', ['1:real_time']],
    ['PascalCase', 'class FasterRealTime {}', ['1:real_time']],
    ['kebab-case', "import './real-time.ts';", ['1:real_time']],
    ['capitals', 'const REAL_TIME_LIMIT = 1;', ['1:real_time']],
    ['words', 'faster than real time.', ['1:real_time']],
    ['words at the end of a wrapped comment', '/**\n * in real\n * time\n */', ['2:real_time']],
    ['words of a wrapped line comment', '// of real\n  // time', ['1:real_time']],
    ['one word', 'in realtime', ['1:real_time']],
    ['an abbreviation before a word', 'new SSEClient()', ['1:sse']],
    ['an abbreviation after a word', 'const useSSE = true;', ['1:sse']],
    ['an abbreviation with a small end', 'openSse(sse)', ['1:sse', '1:sse']],
    ['a name that capitals divide', 'new WebSocket(url)', ['1:websocket']],
    ['a plural', 'openWebSockets();', ['1:websockets']],
    ['a string behind an escape', String.raw`'\nsse: yes'`, ['1:sse']],
    ['a part of a longer name', 'gpu_worker_pool', ['1:gpu_worker']],
    ['digits beside it', 'sse2', ['1:sse']],
    ['several lines', 'a\nb streaming\nliveFeed', ['2:streaming', '3:live_feed']],
  ])('is found in %s', (_, text, expected) => {
    expect(find(text)).toEqual(expected);
  });

  it.each([
    ['other words that hold its letters', 'processed assert classes assess lossess mainstreaming'],
    ['parts of names', 'const classesSeen = assertProcessed(upstreamings);'],
    ['words with something between them', 'real, time; real (time) real.time live/feed'],
    ['words in another order', 'time real'],
    ['a possessive', "the process's event"],
    ['lines that are no wrapped text', 'real;\ntime'],
    ['paragraphs of their own', 'the live\n\n\nbut feed'],
    ['words that only begin like it', 'real times of realm'],
    ['an allowed name that it is part of', 'readRealTimeClock(worker, polling)'],
  ])('is not seen in %s', (_, text) => {
    expect(find(text)).toEqual([]);
  });
});
