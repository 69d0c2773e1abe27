import { type Bench, type Command, median, once, type Row, row } from './bench-measure.ts';
import { rawNamespaceScript } from './bench-raw.ts';
import { withSandboxOf } from './bench-world.ts';

const runs = 7;

interface Read {
  readonly what: string;
  readonly args: Command;
  /** What kubectl is asked for beside it. */
  readonly base: Command;
  readonly budget: number;
}

/** How fast anything in Node could be that looks at the VMs of a namespace: before it does anything, and with objects to look at. */
const floors = [
  { what: 'floor: the bytes of 1,000 VMs', script: rawNamespaceScript({ parsed: false }) },
  { what: 'floor: 1,000 VMs parsed', script: rawNamespaceScript({ parsed: true }) },
] as const;

const everything = ['get', 'vm', '-A'];
const namespace = ['get', 'vm', '-n', 'ns-1'];
const reads: readonly Read[] = [
  { what: 'B3 get -A, 1,000 services', args: ['get', '-A'], base: everything, budget: 0.25 },
  { what: 'B4 vms -A', args: ['vms', '-A'], base: everything, budget: 0.35 },
  { what: 'B4 debug -A', args: ['debug', '-A', '--fail-on=never'], base: everything, budget: 0.35 },
  { what: 'B4 debug, 100 services', args: ['debug', '-n', 'ns-1', '--fail-on=never'], base: namespace, budget: 0.35 },
];

/**
 * Rows B3 and B4: reading 1,000 services and 10,000 VMs that were reconciled, and one namespace with a tenth of them, against kubectl's
 * table of the same VMs.
 */
export async function readManyRows(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  if (!wantsReadRows('', bench)) return rows;
  await withSandboxOf(100, bench, () => {
    bench.done(['reconcile', '-A', '--once', '--yes', '-q']);
    rows.push(...readRows('', bench));
  });
  return rows;
}

/** @param where stands before the name of every row */
export function wantsReadRows(where: string, bench: Bench): boolean {
  return [...reads, ...floors].some(({ what }) => bench.wants(where + what));
}

/** The same of a server that serves such a world. */
export function readRows(where: string, bench: Bench): readonly Row[] {
  return [
    ...reads
      .filter(({ what }) => bench.wants(where + what))
      .map(({ what, args, base, budget }) => pair(where + what, () => bench.done(args), base, budget, bench)),
    ...floors
      .filter(({ what }) => bench.wants(where + what))
      .map(({ what, script }) => pair(where + what, () => bench.doneRaw(script), namespace, undefined, bench)),
  ];
}

/** A B A B …: each run of what is measured has one of kubectl beside it. */
function pair(what: string, measured: () => number, base: Command, budget: number | undefined, bench: Bench): Row {
  const [times, baseTimes]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    times.push(measured());
    baseTimes.push(once([bench.kubectl, ...base], bench.env).milliseconds);
  }
  return row(what, times, `kubectl ${base.join(' ')}`, median(baseTimes), budget);
}
