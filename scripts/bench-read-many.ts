import { withSandboxOf } from './bench-many.ts';
import { type Bench, type Command, median, once, type Row, row } from './bench-measure.ts';

const runs = 7;

/**
 * Rows B3 and B4: reading 1,000 services and 10,000 VMs that were reconciled, and one namespace with a tenth of them, against kubectl's
 * table of the same VMs.
 */
export async function readManyRows(kubectl: string, bench: Bench): Promise<readonly Row[]> {
  const everything = [kubectl, 'get', 'vm', '-A'];
  const namespace = [kubectl, 'get', 'vm', '-n', 'ns-1'];
  const rows: Row[] = [];
  await withSandboxOf(100, bench, () => {
    bench.done(['reconcile', '-A', '--once', '--yes', '-q']);
    rows.push(
      pair('B3 get -A, 1,000 services', ['get', '-A'], everything, 0.25, bench),
      pair('B4 vms -A', ['vms', '-A'], everything, 0.35, bench),
      pair('B4 debug -A', ['debug', '-A', '--fail-on=never'], everything, 0.35, bench),
      pair('B4 debug, 100 services', ['debug', '-n', 'ns-1', '--fail-on=never'], namespace, 0.35, bench),
    );
  });
  return rows;
}

/** A B A B …: each run of the tool has one of kubectl beside it. */
function pair(what: string, args: Command, base: Command, budget: number, bench: Bench): Row {
  const [times, baseTimes]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    times.push(bench.done(args));
    baseTimes.push(once(base, bench.env).milliseconds);
  }
  return row(what, times, base.slice(-4).join(' '), median(baseTimes), budget);
}
