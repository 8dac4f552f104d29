import { describe, expect, it } from 'vitest';
import { cleanTyped, isOneLine, isVisible } from './typed.ts';

describe('what is typed or pasted', () => {
  it.each([
    ['Arabic-Indic digits', '٤٠٨٣٢٤', '408324'],
    ['full-width digits', '４０８３２４', '408324'],
    ['Devanagari digits', '४०८३२४', '408324'],
    ['mathematical digits of two runs', '\u{1D7CE}\u{1D7D8}\u{1D7E2}\u{1D7FF}', '0009'],
    ['an en dash', '123\u2013456', '123-456'],
    ['a minus sign', '123\u2212456', '123-456'],
    ['a zero-width space inside', '123\u200B456', '123456'],
    ['a mark of direction before', '\u200E408324', '408324'],
    ['a variation selector', '06\uFE0F12345678', '0612345678'],
    ['narrow and thin spaces', '06\u202F34\u200956', '06 34 56'],
    ['line ends and tabs', ' ab\r\n\tcd ', 'ab cd'],
    ['a byte order mark', '\uFEFFanna@example.com', 'anna@example.com'],
    ['NUL', 'a\u0000b', 'ab'],
  ])('%s', (_what, typed, meant) => {
    expect(cleanTyped(typed)).toBe(meant);
  });

  it.each(['\u200B', '\u0301', '\u3164', '\u2800', ' \u00A0', '\uFE0F', ''])('%j shows nothing', (text) => {
    expect(isVisible(text)).toBe(false);
  });

  it.each(['J', 'é', 'e\u0301', '李', 'می\u200Cخواهم', '-'])('%j shows something', (text) => {
    expect(isVisible(text)).toBe(true);
  });

  it.each(['Jan\u2028sen', 'a\u202Eb', 'a\u2066b', 'a\nb', 'a\u0000', '\uD800'])('%j is no line', (text) => {
    expect(isOneLine(text)).toBe(false);
  });

  it.each(['Jansen', 'می\u200Cخواهم', 'e\u0301', '👩\u200D🔬'])('%j is one line', (text) => {
    expect(isOneLine(text)).toBe(true);
  });
});
