import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codesNamed, codesNear } from '../../src/core/code-search.ts';
import { findingWords } from '../../src/core/finding-codes.ts';
import { findingCodes } from '../../src/core/finding-family.ts';

describe('codes that are named', () => {
  const cases: readonly (readonly [text: string, codes: readonly string[]])[] = [
    ['VMS301', ['VMS301']],
    ['vms301', ['VMS301']],
    ['301', ['VMS301']],
    ['vms-301', ['VMS301']],
    ['VMS 301', ['VMS301']],
    ['VMS301:', ['VMS301']],
    ['VirtualMachineHasNoAddress', ['VMS301']],
    ['virtualmachinehasnoaddress', ['VMS301']],
    ['VMS8', findingCodes.filter((code) => code.startsWith('VMS8'))],
    ['8xx', findingCodes.filter((code) => code.startsWith('VMS8'))],
    ['VMS8*', findingCodes.filter((code) => code.startsWith('VMS8'))],
    ['VMS80x', findingCodes.filter((code) => code.startsWith('VMS80'))],
    ['VMS8x', []],
    ['VMS801x', []],
    ['VMS', []],
    ['', []],
    ['000', []],
    ['VMS999', []],
    ['VMS3011', []],
    ['constructor', []],
    ['SelectorNear', []],
  ];
  for (const [text, codes] of cases) {
    test(`${JSON.stringify(text)} names ${codes.length === 0 ? 'none' : codes.join(' ')}`, () => assert.deepEqual(codesNamed(text), codes));
  }

  test('every code is found by its number and by its word', () => {
    for (const code of findingCodes) {
      assert.deepEqual(codesNamed(code.slice(3)), [code]);
      assert.deepEqual(codesNamed(findingWords[code]), [code]);
    }
  });
});

describe('codes that are near', () => {
  const cases: readonly (readonly [text: string, codes: readonly string[]])[] = [
    ['VMS919', ['VMS918', 'VMS917', 'VMS916', 'VMS915', 'VMS914']],
    ['307x', []],
    ['SelectorNearMis', ['VMS202']],
    ['selectornaermiss', ['VMS202']],
    ['quota', ['VMS211', 'VMS606']],
    ['foo', []],
    ['no', []],
    ['', []],
    ['a'.repeat(100_000), []],
  ];
  for (const [text, codes] of cases) {
    test(`near ${JSON.stringify(text.slice(0, 20))} are ${codes.join(' ') || 'none'}`, () => assert.deepEqual(codesNear(text), codes));
  }
});
