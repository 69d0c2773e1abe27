import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A way in which something can go wrong. */
export interface FaultCase {
  readonly number: string;
  readonly what: string;
  /** Why no test has its number in its name. */
  readonly untested?: string;
}

const root = resolve(import.meta.dirname, '../..');

/** The test files that name each case, relative to the repository, sorted. */
function testsByCase(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const file of globSync('test/**/*.test.ts', { cwd: root }).sort()) {
    for (const [number] of readFileSync(join(root, file), 'utf8').matchAll(/\bR\d{3}b?\b/g)) {
      const files = found.get(number) ?? new Set();
      found.set(number, files.add(file.replaceAll('\\', '/')));
    }
  }
  return new Map([...found].map(([number, files]) => [number, [...files]]));
}

/** What is wrong with the matrix: a case without a test and without a reason, or with both. */
export function matrixProblems(tests = testsByCase()): readonly string[] {
  return faultCases.flatMap(({ number, untested }) => {
    const files = tests.get(number) ?? [];
    if (files.length === 0 && untested === undefined) return [`${number} has neither a test nor a reason`];
    return files.length > 0 && untested !== undefined ? [`${number} has a test: the reason why it has none can go`] : [];
  });
}

/** The matrix as a Markdown table. */
export function matrixTable(tests = testsByCase()): string {
  const rows = faultCases.map(({ number, what, untested }) => {
    const files = (tests.get(number) ?? []).map((file) => `\`${file.replace(/^test\//, '')}\``);
    return `| ${number} | ${what} | ${untested === undefined ? files.join(', ') : `not tested: ${untested}`} |`;
  });
  return ['| Case | What goes wrong | Tests (in `test/`) |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Numbered once and for all, so that tests and reports can name them. */
export const faultCases: readonly FaultCase[] = [
  { number: 'R001', what: 'two kubeconfig files with two current contexts' },
  { number: 'R002', what: 'the same cluster name in two files' },
  { number: 'R003', what: 'a kubeconfig file that is missing' },
  { number: 'R004', what: 'a kubeconfig that is empty, has a BOM, is JSON or is huge' },
  { number: 'R005', what: 'relative paths in a kubeconfig that is reached through a link' },
  { number: 'R006', what: 'no kubeconfig, no home, not in a cluster' },
  { number: 'R007', what: 'broken YAML, duplicate keys, wrong types in a kubeconfig' },
  { number: 'R008', what: 'a context that names what is not there' },
  { number: 'R009', what: 'a context without a user, and settings of Node that would switch verification off' },
  { number: 'R010', what: 'credential plugins that answer nonsense, fail or are missing' },
  { number: 'R011', what: 'credential plugins that read stdin, never end or write escapes' },
  { number: 'R012', what: 'impersonation with odd keys' },
  { number: 'R013', what: 'a token that is revoked before any one of the requests' },
  { number: 'R014', what: 'token files that end with a newline, change or are empty' },
  { number: 'R015', what: 'OpenID tokens that expired, and refresh tokens that change' },
  { number: 'R016', what: 'credentials for a server without TLS' },
  { number: 'R017', what: 'certificate settings that contradict each other' },
  { number: 'R017b', what: 'authentication providers that kubectl removed' },
  { number: 'R018', what: 'proxies that refuse, ask for a password or go away' },
  { number: 'R019', what: 'server certificates that expired, are for others or of nobody known' },
  { number: 'R020', what: 'the answer to a POST is lost after the server did it' },
  { number: 'R021', what: 'a POST is lost before the server hears of it' },
  { number: 'R022', what: 'the same for a PATCH, with and without another writer in between' },
  { number: 'R023', what: 'reading back is not answered either' },
  { number: 'R024', what: 'a lost write arrives late: after its repeat, or just before it' },
  { number: 'R025', what: 'a gateway answers a write with 502, 503 or 504' },
  { number: 'R026', what: 'the server answers a write with 500, once or for good' },
  { number: 'R030', what: 'connections that are reset before, within or after the headers' },
  { number: 'R031', what: 'JSON that is cut short, doubled or followed by rubbish' },
  { number: 'R032', what: 'silence while connecting, before the headers or within the body' },
  { number: 'R033', what: '429 with every kind of Retry-After' },
  { number: 'R034', what: 'server errors that come and go' },
  { number: 'R035', what: '200 with a page, another kind, or no list' },
  { number: 'R036', what: 'redirects to a login page' },
  { number: 'R037', what: 'lists whose pages expire, fail, overlap or are of several versions' },
  { number: 'R038', what: 'watches that close, stall or expire' },
  { number: 'R039', what: 'answers that are too large, or unpack to too much' },
  { number: 'R040', what: 'a refused connection, an unknown name' },
  { number: 'R041', what: 'a cluster without VM Operator' },
  { number: 'R042', what: 'a kind that is served no more while it is used' },
  { number: 'R043', what: 'discovery of which a part fails' },
  { number: 'R044', what: 'several served versions, and ones that nobody knows yet' },
  { number: 'R045', what: 'an admission webhook that cannot be called' },
  { number: 'R046', what: 'an admission webhook that denies the last write after the others were done' },
  { number: 'R047', what: 'a quota that is used up' },
  { number: 'R048', what: 'every needed right taken away' },
  { number: 'R049', what: 'rights that cannot be asked for, or that turn out to be others' },
  { number: 'R050', what: 'somebody writes what we wanted, between our look and our write' },
  { number: 'R051', what: 'somebody writes something else, once, twice, or where it does not matter' },
  { number: 'R052', what: 'the Service changes between its write and that of the Endpoints' },
  { number: 'R053', what: 'the VirtualMachineService is deleted after it was read' },
  { number: 'R054', what: 'the VirtualMachineService is deleted and made anew' },
  { number: 'R055', what: 'a child is deleted and made anew by somebody else' },
  { number: 'R056', what: 'a child gets another controller as its owner' },
  { number: 'R057', what: 'a child that is being deleted and held' },
  { number: 'R058', what: 'a namespace that ends, before or while we write' },
  { number: 'R059', what: 'a VirtualMachineService that is being deleted' },
  { number: 'R060', what: 'two copies of the tool at once, in every order of their requests' },
  { number: 'R061', what: 'the tool and the controller at once, in every order of their requests' },
  { number: 'R062', what: 'a list that changes between its pages' },
  { number: 'R063', what: 'a change that the server never allows' },
  { number: 'R064', what: '`--undo` after the world moved on' },
  { number: 'R065', what: 'an object that is replaced by a namesake before it is deleted' },
  { number: 'R066', what: 'deleting a VirtualMachineService whose Service is somebody else’s' },
  { number: 'R067', what: 'an owner reference that may not block deletion' },
  { number: 'R068', what: 'a nudge that is killed between adding its mark and taking it off' },
  { number: 'R069', what: 'Endpoints that differ in their order alone' },
  { number: 'R070', what: '`kill -9` before any request is sent' },
  { number: 'R071', what: '`kill -9` after any request was carried out' },
  { number: 'R072', what: 'two kills in a row, at any two requests' },
  { number: 'R073', what: 'Ctrl-C at a write, while reading, and twice' },
  { number: 'R074', what: 'SIGTERM, SIGHUP, and a terminal that is closed while it asks' },
  { number: 'R075', what: 'nobody reads the output any more' },
  { number: 'R076', what: 'the disk that takes the output is full' },
  { number: 'R077', what: 'the disk is full, or a file in the way, while files are written' },
  { number: 'R078', what: '`--save-before` cannot be written' },
  { number: 'R079', what: 'a bug of ours in the middle of a run' },
  { number: 'R080', what: 'aliases that stand for billions of nodes' },
  { number: 'R081', what: 'aliases of themselves, and of nothing' },
  { number: 'R082', what: 'nesting without end, in files and in answers' },
  { number: 'R083', what: 'keys that stand twice' },
  { number: 'R084', what: 'scalars that only YAML 1.1 reads as something else than text' },
  { number: 'R085', what: 'numbers that JavaScript cannot hold' },
  { number: 'R086', what: 'byte order marks, and every kind of line end' },
  { number: 'R087', what: 'control characters in texts and in keys' },
  { number: 'R088', what: 'files that are no text, folders, pipes and devices' },
  { number: 'R089', what: 'files that are huge or empty' },
  { number: 'R090', what: 'tabs, unclosed quotes and missing blanks' },
  { number: 'R091', what: 'names that JavaScript objects have already' },
  { number: 'R092', what: 'tags that would construct something' },
  { number: 'R093', what: 'escapes, invisible and reordering characters from strangers' },
  { number: 'R094', what: 'the same in reports for other tools' },
  { number: 'R095', what: 'selectors and templates that take for ever' },
  { number: 'R096', what: 'templates that would run code' },
  { number: 'R097', what: 'patterns of a definition that take for ever' },
  { number: 'R098', what: 'bundles with paths that lead elsewhere' },
  { number: 'R099', what: 'bundles with links and devices' },
  { number: 'R100', what: 'bundles that unpack to too much, or are cut short' },
  { number: 'R101', what: 'bundles that contradict themselves' },
  { number: 'R102', what: 'names that a shell would run' },
  { number: 'R103', what: 'labels, annotations and owners over the limits' },
  { number: 'R104', what: 'URLs that redirect, never end or are something else' },
  { number: 'R105', what: 'ten thousand VMs and a thousand services' },
  { number: 'R106', what: '`-A` over hundreds of namespaces, or where it is forbidden' },
  { number: 'R107', what: 'Endpoints of thousands of addresses' },
  { number: 'R108', what: 'more addresses than Kubernetes mirrors' },
  { number: 'R109', what: 'one VM behind a thousand services, a hundred ports, annotations of 250 KB' },
  { number: 'R110', what: 'thousands of events' },
  { number: 'R111', what: 'nobody to ask: no terminal, or a closed stdin' },
  { number: 'R112', what: 'terminals that are dumb, narrow or without colour' },
  { number: 'R113', what: 'clocks that are wrong, or jump' },
  { number: 'R114', what: 'odd locales and time zones' },
  { number: 'R115', what: 'no home, no folder for temporary files, no working folder' },
  {
    number: 'R116',
    what: 'Windows: its lists, paths, programs and homes',
    untested: 'nobody has run it there; paths and lists of them go through `node:path`, and a home is `HOME` or `USERPROFILE`',
  },
  { number: 'R117', what: 'an old Node, and odd places to be installed in' },
  { number: 'R118', what: 'few file descriptors, little memory' },
  { number: 'R120', what: 'the address that the sandbox listens on' },
  { number: 'R121', what: 'the sandbox without its token' },
  { number: 'R122', what: 'the certificates of the sandbox' },
  { number: 'R123', what: 'web pages that ask the sandbox' },
  { number: 'R124', what: 'requests to the sandbox that are too much, or two at once' },
  { number: 'R125', what: 'kubeconfigs of the sandbox where something is already' },
  { number: 'R126', what: 'paths of the sandbox that lead elsewhere' },
  { number: 'R127', what: 'objects of the sandbox that grow without end' },
  { number: 'R128', what: 'seeds of the sandbox that would have it call, or write, elsewhere' },
  { number: 'R129', what: 'two sandboxes, a port that is taken, and how one ends' },
  { number: 'R130', what: 'a slow reader of a large output' },
];
