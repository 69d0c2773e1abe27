import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, type BuildResult, build as bundle, type Metafile, type Plugin } from 'esbuild';

/**
 * Bundles src/main.ts to dist/, which is what `bin/kubectl-vmsvc` runs:
 *
 *   main.cjs                 all of ours and commander: one CommonJS file, which Node starts faster than ESM or many files
 *   NAME.cjs                 one for each heavy part, required when its dynamic import runs
 *   apiserver/crds/          data files, at the place that they have under src/
 *   THIRD-PARTY-NOTICES      licences of what was bundled
 *
 * A heavy part is a package that is imported dynamically, or a facade: a file of ours that imports a package and is itself
 * imported dynamically.
 * The same sources always give the same bytes, and a file whose bytes did not change is not written.
 */
const root = resolve(import.meta.dirname, '..');
const source = join(root, 'src');
const dist = join(root, 'dist');

/** The only package that every run needs. Whatever else is imported belongs into a heavy part. */
const packagesOfMain = ['commander'];

/** Read at run time through `import.meta`. */
const dataFolders = ['apiserver/crds'];

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // An import() that stays in the output becomes a require: a third of the time, and no ESM loader is started.
  supported: { 'dynamic-import': false },
  metafile: true,
  write: false,
  logLevel: 'silent',
} satisfies BuildOptions;

await build().catch((error: unknown) => {
  console.error(`build: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

async function build(): Promise<void> {
  const entry = join(source, 'main.ts');
  if (!existsSync(entry)) throw new Error('src/main.ts is not there');
  const heavy = new Map<string, string>();
  const main = await bundle({
    ...common,
    entryPoints: [entry],
    outfile: join(dist, 'main.cjs'),
    plugins: [heavyApart(heavy), placeOf()],
  });
  refuseForeignPackages(main.metafile);

  const parts = await Promise.all(
    [...heavy].map(async ([name, file]) => {
      const part = await bundle({
        ...common,
        entryPoints: [file],
        outfile: join(dist, `${name}.cjs`),
        // Nobody reads a stack through these.
        minifyIdentifiers: true,
        plugins: [withoutJsonPath(), placeOf()],
      });
      refuseSharedState(name, file, part.metafile);
      return part;
    }),
  );

  const files = new Map<string, Uint8Array | string>();
  for (const output of [main, ...parts].flatMap(outputsOf)) files.set(relative(dist, output.path), output.contents);
  for (const folder of dataFolders) {
    for (const name of readdirSync(join(source, folder))) files.set(join(folder, name), readFileSync(join(source, folder, name)));
  }
  files.set('THIRD-PARTY-NOTICES', notices([main, ...parts].flatMap((part) => Object.keys(part.metafile.inputs))));
  writeAll(files);
}

function outputsOf(result: BuildResult<typeof common>) {
  for (const warning of result.warnings) throw new Error(`${warning.location?.file ?? 'src'}: ${warning.text}`);
  return result.outputFiles;
}

/** Leaves the dynamic imports of heavy parts standing, as requires of the files that they will be beside main.cjs. */
function heavyApart(found: Map<string, string>): Plugin {
  const apart = (name: string, entry: string) => {
    const other = found.get(name);
    if (other !== undefined && other !== entry) throw new Error(`two heavy parts are called ${name}: ${other} and ${entry}`);
    found.set(name, entry);
    return { path: `./${name}.cjs`, external: true };
  };
  return {
    name: 'heavy-apart',
    setup(build) {
      build.onResolve({ filter: /^\..*\.ts$/ }, ({ kind, path, resolveDir }) => {
        const file = join(resolveDir, path);
        if (kind !== 'dynamic-import' || !existsSync(file) || !importsPackage(readFileSync(file, 'utf8'))) return undefined;
        return apart(basename(path, '.ts'), file);
      });
      build.onResolve({ filter: /^[^./]/ }, ({ kind, path, importer }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:') || !importer.startsWith(source)) return undefined;
        // Beware: through a require of CommonJS, `default` would be all of the exports.
        if (/\bdefault\b/.test(readFileSync(importer, 'utf8'))) {
          throw new Error(
            `${relative(root, importer)} imports ${path} dynamically and says default: import it statically in a file of its own`,
          );
        }
        return apart(packageOf(`node_modules/${path}`)?.split('/').at(-1) ?? path, path);
      });
    },
  };
}

/** A value import of something that is neither ours nor Node's. */
function importsPackage(text: string): boolean {
  return /^import (?!type\b)(?:[^;]*? from )?'(?![./]|node:)/m.test(text);
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
        return { contents: contents.replaceAll('import.meta.dirname', folder), loader: 'ts' };
      });
    },
  };
}

/** client-node's `cp` and `metrics` want it; nothing of ours gets near them. */
function withoutJsonPath(): Plugin {
  return {
    name: 'without-jsonpath-plus',
    setup(build) {
      build.onResolve({ filter: /^jsonpath-plus$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
      build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
        contents: `export function JSONPath() { throw new Error('${path} is not part of this bundle'); }`,
      }));
    },
  };
}

function refuseForeignPackages({ inputs }: Metafile): void {
  const foreign = packagesOf(Object.keys(inputs)).filter((name) => !packagesOfMain.includes(name));
  if (foreign.length === 0) return;
  const importers = (path: string) => Object.keys(inputs).filter((file) => inputs[file]?.imports.some((entry) => entry.path === path));
  const homes = Object.keys(inputs).filter(
    (file) => file.startsWith('src/') && inputs[file]?.imports.some((entry) => foreign.includes(packageOf(entry.path) ?? '')),
  );
  const ways = homes.map((home) => `${home}, imported by ${importers(home).join(', ')}`);
  throw new Error(`${foreign.join(', ')} would be loaded by every run, through ${ways.join('; ')}: use import() there`);
}

/**
 * What a facade shares with main.cjs exists twice. That is right for functions and types. It is wrong for a class, because
 * `instanceof` is false for the other copy, and for what has an identity or a memory: a variable, a symbol, a WeakMap.
 */
function refuseSharedState(name: string, facade: string, metafile: Metafile): void {
  for (const input of Object.keys(metafile.inputs)) {
    const file = join(root, input);
    if (!file.startsWith(source) || file === facade) continue;
    if (/^(export )?(abstract class|class|let|var) /m.test(readFileSync(file, 'utf8'))) {
      throw new Error(
        `${relative(root, facade)} imports ${input}, which has a class or a variable: ${name}.cjs would have its own copy of it`,
      );
    }
  }
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
