import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalogue } from '../../../src/core/catalogue/catalogue.ts';
import { findingWords } from '../../../src/core/finding-codes.ts';
import { families, familyOf, findingCodes } from '../../../src/core/finding-family.ts';

describe('the catalogue of codes', () => {
  test('has an article for every code and no other', () => {
    assert.deepEqual(Object.keys(catalogue).sort(), Object.keys(findingWords).sort());
  });

  test('every code belongs to a family, and every family has codes', () => {
    assert.deepEqual([...new Set(findingCodes.map(familyOf))], families);
  });

  for (const code of findingCodes) {
    const article = catalogue[code];
    const sentences = [
      article.summary,
      ...article.evidence,
      ...article.falseAlarms,
      article.releases,
      ...article.levels.flatMap(({ when }) => when ?? []),
      ...article.fix.map(({ text }) => text),
    ];

    test(`${code} says what it means, how grave it is, what is read and what to do`, () => {
      assert.match(article.meaning, /^\S.*\.$/s);
      assert.ok(article.levels.length > 0 && article.evidence.length > 0 && article.fix.length > 0);
      const open = article.levels.slice(0, -1).filter(({ when }) => when === undefined);
      assert.ok(open.length <= 1 && new Set(article.levels.map(({ when }) => when)).size === article.levels.length, 'levels overlap');
    });

    test(`${code} is written in single lines without a full stop or blanks at the ends`, () => {
      for (const sentence of sentences) assert.match(sentence, /^[^\n\s][^\n]*[^\n\s.]$/, sentence);
      assert.ok(article.summary.length <= 80, article.summary);
    });

    test(`${code} leads to other codes only, each once`, () => {
      assert.ok(!article.see.includes(code));
      assert.equal(new Set(article.see).size, article.see.length);
    });
  }
});
