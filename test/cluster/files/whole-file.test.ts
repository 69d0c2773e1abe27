import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { writeWholeFile } from '../../../src/cluster/files/whole-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-whole-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function aFolder(): string {
  return mkdtempSync(join(folder, 'f-'));
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('a file that is written whole', () => {
  test('is new for its owner alone, unless another mode is asked for', () => {
    const at = aFolder();
    writeWholeFile(join(at, 'private'), 'a');
    writeWholeFile(join(at, 'report'), 'b', 0o644);
    assert.deepEqual(
      ['private', 'report'].map((name) => modeOf(join(at, name))),
      ['600', '644'],
    );
    assert.deepEqual(readdirSync(at), ['private', 'report']);
  });

  test('keeps the mode of the older one', () => {
    const path = join(aFolder(), 'run.yaml');
    writeFileSync(path, 'old');
    chmodSync(path, 0o755);
    writeWholeFile(path, 'new');
    assert.deepEqual([readFileSync(path, 'utf8'), modeOf(path)], ['new', '755']);
  });

  test('is written where a link leads, and the link stays', () => {
    const at = aFolder();
    mkdirSync(join(at, 'real'));
    writeFileSync(join(at, 'real/web.yaml'), 'old');
    symlinkSync('real/web.yaml', join(at, 'web.yaml'));
    writeWholeFile(join(at, 'web.yaml'), 'new');
    assert.ok(lstatSync(join(at, 'web.yaml')).isSymbolicLink());
    assert.deepEqual([readFileSync(join(at, 'real/web.yaml'), 'utf8'), readdirSync(join(at, 'real'))], ['new', ['web.yaml']]);
  });

  test('a device is written to and not replaced', () => {
    writeWholeFile('/dev/null', 'gone');
    assert.ok(statSync('/dev/null').isCharacterDevice());
  });

  test('in a folder that is not there, or as a folder, fails and leaves nothing', () => {
    const at = aFolder();
    assert.throws(() => writeWholeFile(join(at, 'no/such'), 'a'), { code: 'ENOENT' });
    assert.throws(() => writeWholeFile(at, 'a'), { code: 'EISDIR' });
    assert.deepEqual(readdirSync(at), []);
  });
});
