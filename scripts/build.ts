import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, build as bundle, type Metafile, type Plugin, transform } from 'esbuild';
import { compareText } from '../src/model/text-order.ts';
import { plainCommonJs } from './plain-commonjs.ts';

/**
 * Bundles src/main.ts to dist/, which is what `bin/kubectl-vmsvc` runs:
 *
 *   main.cjs                 what every run needs, and commander; beside it, not run before they are asked for, the pieces of the
 *                            commands that are asked all day
 *   explain.cjs, more.cjs    the other pieces, each not run before it is asked for
 *   NAME-HASH.cjs            one for each big piece: the API server, and each package that only some runs need
 *   apiserver/crds/          data files, at the place that they have under src/
 *   THIRD-PARTY-NOTICES      licences of what was bundled
 *
 * A module is in one file only, so a class is the same class everywhere. The same sources always give the same bytes, and a file
 * whose bytes did not change is not written.
 */
const root = resolve(import.meta.dirname, '..');
const source = join(root, 'src');
const dist = join(root, 'dist');

/** The only package that every run needs. Whatever else is imported must be behind an import(). */
const packagesOfMain = ['commander'];

/**
 * The files that many pieces share, and the modules of each; a piece lies in the first that reaches it before it runs. main.cjs has
 * what is asked all day, and loads at once, with the rules that `describe` runs. `explain` asks no cluster, so the articles are most of
 * what it costs. more.cjs takes the others, so that new ones cost these nothing.
 */
const volumes = {
  main: [
    'src/main.ts',
    ...['get', 'describe', 'version'].flatMap((name) => [`src/cli/specs/${name}.ts`, `src/cli/commands/${name}.ts`]),
    'src/cli/live-source.ts',
    'src/core/diagnosis/trace-findings.ts',
    'src/cli/program.ts',
  ],
  explain: ['src/cli/specs/explain.ts', 'src/cli/commands/explain.ts', 'src/core/catalogue/catalogue.ts'],
  more: [],
} as const satisfies Record<string, readonly string[]>;
type Volume = keyof typeof volumes;
const shelves: readonly Volume[] = ['main', 'explain', 'more'];

/** Bytes up to which a piece may lie in more.cjs: bin/kubectl-vmsvc keeps the compiled code of the shared files, but reads them whole. */
const smallPiece = 150_000;

/** Read at run time through `import.meta`. */
const dataFolders = ['apiserver/crds'];

/** How code that esbuild printed asks for another file. */
const requires = /\brequire\("([^"]+)"\)/g;

const common = {
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  // Left as literals, regular expressions are compiled when they are first used.
  supported: { 'regexp-unicode-property-escapes': true },
  logLevel: 'silent',
} satisfies BuildOptions;

await build().catch((error: unknown) => {
  console.error(`build: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function build(): Promise<void> {
  if (!existsSync(join(source, 'main.ts'))) throw new Error('src/main.ts is not there');
  const { metafile, outputFiles, warnings } = await bundle({
    ...common,
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    bundle: true,
    // Only ES modules can be split. What comes out of it is translated below.
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    // The same bytes wherever node_modules really lies.
    preserveSymlinks: true,
    metafile: true,
    write: false,
    plugins: [placeOf(), withoutUnreached()],
  });
  for (const warning of warnings) throw new Error(`${warning.location?.file ?? 'src'}: ${warning.text}`);
  refuseForeignPackages(metafile);

  const reached = shelves.map((volume) => [volume, reachedAtOnce(metafile, volumes[volume])] as const);
  const pieces = await Promise.all(
    outputFiles.map(async ({ path, text }): Promise<Piece> => {
      const packages = isMostlyPackages(metafile, relative(root, path));
      const name = relative(dist, path);
      const wanted = reached.find(([, files]) => files.has(relative(root, path)))?.[0];
      const volume = wanted ?? (text.length < smallPiece ? 'more' : undefined);
      if (packages || volume === undefined) return { name, code: await toCommonJs(text, packages), volume: undefined };
      return { name, code: plainCommonJs(text), volume };
    }),
  );
  const files = new Map<string, Uint8Array | string>(inFewFiles(pieces));
  for (const folder of dataFolders) {
    for (const name of readdirSync(join(source, folder))) files.set(join(folder, name), readFileSync(join(source, folder, name)));
  }
  files.set('THIRD-PARTY-NOTICES', notices(Object.keys(metafile.inputs)));
  writeAll(files);
}

/** Node starts CommonJS faster than ES modules; an import() becomes a require, and no module loader is started for it. */
async function toCommonJs(text: string, minifyIdentifiers: boolean): Promise<string> {
  const { code } = await transform(text, {
    ...common,
    format: 'cjs',
    minifyIdentifiers,
    supported: { ...common.supported, 'dynamic-import': false },
  });
  return code;
}

interface Piece {
  readonly name: string;
  readonly code: string;
  /** The file that it shares with others. */
  readonly volume: Volume | undefined;
}

/**
 * Puts the small pieces into the volumes, each a function that runs when it is first required. main.cjs exports its `require`, so that
 * the big ones find the small ones, and which pieces ran. bin/kubectl-vmsvc evaluates them: main.cjs is a function like those that Node
 * makes of CommonJS modules, the others are objects of pieces, whose names begin with a plus and their volume.
 */
function inFewFiles(pieces: readonly Piece[]): [name: string, code: string][] {
  const sorted = pieces.toSorted((a, b) => compareText(a.name, b.name));
  const names = new Map<string, string>();
  for (const { name, volume } of sorted) {
    if (volume !== undefined) names.set(`./${name}`, volume === 'main' ? `./${name}` : `+${volume}/${name}`);
  }
  const nameOf = (path: string) => names.get(path) ?? path;
  const named = (code: string) => code.replaceAll(requires, (_call, path: string) => `require(${JSON.stringify(nameOf(path))})`);
  const functions = (volume: Volume) =>
    sorted
      .filter((piece) => piece.volume === volume)
      .map(({ name, code }) => `${JSON.stringify(nameOf(`./${name}`))}(require,module){${named(code)}}`)
      .join(',');
  const main = `"use strict";let pieces={${functions('main')}},done=new Map;
function own(name){let module=done.get(name);if(module===void 0){let piece=pieces[name];
if(piece===void 0){if(name[0]!=="+")return require(name);
pieces={...pieces,...require("./"+name.slice(1,name.indexOf("/"))+".cjs")};piece=pieces[name]}
module={exports:{}};done.set(name,module);piece(own,module)}return module.exports}
module.exports=own;own.done=done;own("./main.cjs");`;
  const others = shelves
    .filter((volume) => volume !== 'main')
    .map((volume): [string, string] => [`${volume}.cjs`, marked(`({${functions(volume)}})`)]);
  const big = sorted
    .filter(({ volume }) => volume === undefined)
    .map(({ name, code }): [string, string] => [
      name,
      code.replaceAll(requires, (call, path: string) =>
        names.has(path) ? `require("./main.cjs")(${JSON.stringify(nameOf(path))})` : call,
      ),
    ]);
  return [['main.cjs', marked(`(function(exports,require,module,__filename,__dirname){${main}\n})`)], ...others, ...big];
}

/** With a comment in front that is another one for each other text: what bin/kubectl-vmsvc keeps of it belongs to this one alone. */
function marked(text: string): string {
  return `/*${createHash('sha256').update(text).digest('hex').slice(0, 32)}*/${text}`;
}

/** The files in which these modules lie, and what those import before they run. */
function reachedAtOnce({ outputs }: Metafile, modules: readonly string[]): ReadonlySet<string> {
  const files = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined && modules.includes(entryPoint));
  const missing = modules.filter((module) => !files.some(([, { entryPoint }]) => entryPoint === module));
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: not loaded by an import() of its own`);
  const reached = new Set(files.map(([file]) => file));
  for (const file of reached) {
    for (const { kind, path } of outputs[file]?.imports ?? []) if (kind === 'import-statement') reached.add(path);
  }
  return reached;
}

/** Names matter to whoever reads a bug report, but only ours. */
function isMostlyPackages(metafile: Metafile, output: string): boolean {
  const inputs = Object.entries(metafile.outputs[output]?.inputs ?? {});
  const bytes = (entries: typeof inputs) => entries.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  return bytes(inputs.filter(([input]) => packageOf(input) === undefined)) * 10 < bytes(inputs);
}

/**
 * The bundle has no `import.meta`, and its files lie flat. Each file is told the place that it would have if dist/ were laid out
 * like src/, so `join(import.meta.dirname, '../apiserver/crds')` is right in both.
 */
function placeOf(): Plugin {
  return {
    name: 'place-of',
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8');
        if (!path.startsWith(source) || !contents.includes('import.meta')) return undefined;
        const folder = `require('node:path').join(__dirname, ${JSON.stringify(relative(source, dirname(path)).replaceAll('\\', '/'))})`;
        const told = contents.replaceAll('import.meta.dirname', folder);
        if (told.includes('import.meta')) throw new Error(`${relative(root, path)}: the bundle knows import.meta.dirname only`);
        return { contents: told, loader: 'ts' };
      });
    },
  };
}

/**
 * What packages import and we never reach: jsonpath-plus is for client-node's `cp` and `metrics`, child_process for commander's
 * subcommands that are programs of their own.
 */
function withoutUnreached(): Plugin {
  return {
    name: 'without-unreached',
    setup(build) {
      build.onResolve({ filter: /^jsonpath-plus$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
      build.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
        packageOf(importer) === 'commander' ? { path, namespace: 'left-out' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
        contents: `export function JSONPath() { throw new Error('${path} is not part of this bundle'); }\nexport default {};`,
      }));
    },
  };
}

/** Looks at main.cjs and at whatever it imports before it starts. */
function refuseForeignPackages({ inputs, outputs }: Metafile): void {
  const loaded = [...reachedAtOnce({ inputs, outputs }, ['src/main.ts'])].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  const foreign = packagesOf(loaded).filter((name) => !packagesOfMain.includes(name));
  if (foreign.length === 0) return;
  const imports = (file: string, isWanted: (path: string) => boolean) =>
    inputs[file]?.imports.some((entry) => isWanted(entry.path)) ?? false;
  const homes = loaded.filter((file) => file.startsWith('src/') && imports(file, (path) => foreign.includes(packageOf(path) ?? '')));
  const ways = homes.map((home) => `${home}, imported by ${loaded.filter((file) => imports(file, (path) => path === home)).join(', ')}`);
  throw new Error(`${foreign.join(', ')} would be loaded by every run, through ${ways.join('; ')}: use import() there`);
}

/** Names of the packages that files in node_modules belong to, sorted. */
function packagesOf(inputs: readonly string[]): string[] {
  return [...new Set(inputs.map(packageOf).filter((name) => name !== undefined))].sort();
}

function packageOf(input: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
}

function notices(inputs: readonly string[]): string {
  const folders = inputs.map((input) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]).filter((folder) => folder !== undefined);
  const texts = [...new Set(folders)].sort().map((folder) => noticeOf(join(root, folder)));
  return `kubectl-vmsvc contains the following packages. Each keeps its own licence.\n${texts.join('')}`;
}

function noticeOf(folder: string): string {
  const { name, version, license } = manifestOf(folder);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim());
  return `\n${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${texts.length === 0 ? `Licensed as ${license}.` : texts.join('\n\n')}\n`;
}

function manifestOf(folder: string): { name: string; version: string; license: string } {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const field = (key: string) => {
    const value: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, key) : undefined;
    if (typeof value !== 'string') throw new Error(`${relative(root, folder)}/package.json has no ${key}`);
    return value;
  };
  return { name: field('name'), version: field('version'), license: field('license') };
}

function writeAll(files: ReadonlyMap<string, Uint8Array | string>): void {
  for (const [name, contents] of files) {
    const path = join(dist, name);
    const bytes = Buffer.from(contents);
    if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(dist, path))) rmSync(path);
  }
}
