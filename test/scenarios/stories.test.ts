import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { saidInScenario } from '../support/scenario.ts';

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
  test('all twenty are told, and each says what must not be said', () => {
    const told = folders.map((name) => Number(/^story-(\d\d)-/.exec(name)?.[1]));
    const every = Array.from({ length: 20 }, (_, index) => index + 1);
    assert.deepEqual([...new Set(told)], every);
    for (const folder of folders) assert.notDeepEqual(storyOf(folder).never, [], folder);
  });

  for (const folder of folders) {
    test(folder.replaceAll('-', ' '), async () => {
      const story = storyOf(folder);
      const { code, out } = await saidInScenario([...story.command.split(' '), '-o', 'json'], join(here, folder));
      const { findings }: { readonly findings: readonly SaidFinding[] } = JSON.parse(out);
      const brief = ({ code: of, severity, confidence, follows = [] }: Story['findings'][number] | SaidFinding) =>
        `${severity} ${of} ${confidence} (${follows.join(' ')})`;
      assert.deepEqual(findings.map(brief), story.findings.map(brief));
      for (const [index, { fix = [] }] of story.findings.entries()) {
        const commands = (findings[index]?.fix ?? []).flatMap(({ command }) => command ?? []);
        for (const command of fix) assert.ok(commands.includes(command), `${command} is not among ${commands.join('; ')}`);
      }
      assert.equal(code, story.exit);
      const texts = [JSON.stringify(findings), (await saidInScenario(story.command.split(' '), join(here, folder))).out];
      for (const word of story.never) for (const text of texts) assert.ok(!text.includes(word), `${folder} says ${word}:\n${text}`);
    });
  }
});

function storyOf(folder: string): Story {
  return JSON.parse(readFileSync(join(here, folder, 'story.json'), 'utf8'));
}
