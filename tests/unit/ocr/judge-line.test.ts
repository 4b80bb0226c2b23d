import { describe, expect, it } from '@jest/globals';
import { isPlausible } from '../../../worker/ocr/judge-line.ts';

describe('a plausible line', () => {
  it.each([
    ['OK', 0.9],
    ['42', 0.96],
    ['12:45', 0.96],
    ['KX21 ABC', 0.61],
    ['email me at info@example.com', 0.6],
    ['Où êtes-vous ?', 0.7],
    ['Größe', 0.85],
  ])('is "%s" at %d', (text, confidence) => expect(isPlausible(text, confidence)).toBe(true));

  it.each([
    ['', 1],
    ['a', 0.99],
    ['A B C D', 0.99],
    ['OK', 0.8],
    ['Pam', 0.7],
    ['an Yio', 0.65],
    ['111', 0.99],
    ['| || ll I', 0.95],
    ['~~ - ‘am = |/ %', 0.95],
  ])('is not "%s" at %d', (text, confidence) => expect(isPlausible(text, confidence)).toBe(false));
});
