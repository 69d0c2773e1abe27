import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { testIo } from '../support/test-io.ts';

/**
 * The acceptance stories of `debug`: folders `story-NN-…` of a world, whose `story.json` says which findings there are, in their order,
 * and no others; what each explains; commands that mend them; the exit code; and what no text of the folder may say. The texts
 * themselves are beside it, as in every scenario.
 */
interface Story {
  readonly command: string;
  readonly exit: number;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly confidence: string;
    readonly follows?: readonly string[];
    /** Commands, among others. */
    readonly fix?: readonly string[];
  }[];
  readonly never: readonly string[];
}

interface SaidFinding {
  readonly code: string;
  readonly severity: string;
  readonly confidence: string;
  readonly follows: readonly string[];
  readonly fix: readonly { readonly command?: string }[];
}

const here = import.meta.dirname;
const folders = readdirSync(here).filter((name) => name.startsWith('story-') && existsSync(join(here, name, 'story.json')));

suite('acceptance stories', () => {
  test('there are some', () => assert.notEqual(folders.length, 0));

  for (const folder of folders) {
    test(folder.replaceAll('-', ' '), async () => {
      const story: Story = JSON.parse(readFileSync(join(here, folder, 'story.json'), 'utf8'));
      const { code, out } = await said(`${story.command} -o json`, join(here, folder));
      const { findings }: { readonly findings: readonly SaidFinding[] } = JSON.parse(out);
      const brief = ({ code: of, severity, confidence, follows = [] }: Story['findings'][number] | SaidFinding) =>
        `${severity} ${of} ${confidence} (${follows.join(' ')})`;
      assert.deepEqual(findings.map(brief), story.findings.map(brief));
      for (const [index, { fix = [] }] of story.findings.entries()) {
        const commands = (findings[index]?.fix ?? []).flatMap(({ command }) => command ?? []);
        for (const command of fix) assert.ok(commands.includes(command), `${command} is not among ${commands.join('; ')}`);
      }
      assert.equal(code, story.exit);
      const texts = [JSON.stringify(findings), (await said(story.command, join(here, folder))).out];
      for (const word of story.never) for (const text of texts) assert.ok(!text.includes(word), `${folder} says ${word}:\n${text}`);
    });
  }
});

async function said(command: string, cwd: string): Promise<{ readonly code: number; readonly out: string }> {
  const io = testIo([...command.split(' '), '--offline', '-f', 'cluster.yaml'], { cwd, env: { LANG: 'C.UTF-8' } });
  const code = await run(io);
  return { code, out: io.out() };
}
