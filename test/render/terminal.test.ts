import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ColourFlag, wantsColour, wantsUtf8 } from '../../src/render/terminal.ts';

const colour: readonly (readonly [what: string, flag: ColourFlag, isTTY: boolean, env: Record<string, string>, wanted: boolean])[] = [
  ['a terminal', 'auto', true, {}, true],
  ['a pipe', 'auto', false, {}, false],
  ['a dumb terminal', 'auto', true, { TERM: 'dumb' }, false],
  ['NO_COLOR', 'auto', true, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR, which counts as set', 'auto', true, { NO_COLOR: '' }, false],
  ['--color=always in a pipe', 'always', false, {}, true],
  ['--color=always over NO_COLOR and a dumb terminal', 'always', false, { NO_COLOR: '1', TERM: 'dumb' }, true],
  ['--color=never on a terminal', 'never', true, { TERM: 'xterm-256color' }, false],
];

for (const [what, flag, isTTY, env, wanted] of colour) {
  test(`${what}: ${wanted ? 'colour' : 'no colour'}`, () => {
    assert.equal(wantsColour({ flag, isTTY, env }), wanted);
  });
}

const locales: readonly (readonly [what: string, env: Record<string, string>, utf8: boolean])[] = [
  ['nothing said', {}, false],
  ['LANG=en_US.UTF-8', { LANG: 'en_US.UTF-8' }, true],
  ['LANG=C.utf8', { LANG: 'C.utf8' }, true],
  ['LANG=C', { LANG: 'C' }, false],
  ['LC_ALL overrides LANG', { LC_ALL: 'POSIX', LANG: 'en_US.UTF-8' }, false],
  ['LC_CTYPE overrides LANG', { LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, true],
  ['an empty LC_ALL says nothing', { LC_ALL: '', LANG: 'de_DE.UTF-8' }, true],
  ['Windows Terminal', { WT_SESSION: 'a-b-c' }, true],
];

for (const [what, env, utf8] of locales) {
  test(`${what}: marks ${utf8 ? 'may leave' : 'stay in'} ASCII`, () => {
    assert.equal(wantsUtf8(env), utf8);
  });
}
