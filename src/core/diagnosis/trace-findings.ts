import type { Finding } from '../finding.ts';
import type { ServiceTrace } from '../trace/trace.ts';
import type { World } from '../world.ts';
import { aroundOf } from './around.ts';
import { diagnoseService } from './diagnose.ts';
import { toldFindings } from './report.ts';
import { type Around, subjectOfTrace } from './subject.ts';
import type { Times } from './times.ts';

/**
 * The findings of traces, by the same rules as a whole diagnosis, for commands that show them beside something else. Rules that need
 * what such a command did not read are left out.
 * @param access the words that say which cluster, and as whom, for commands to paste
 */
export function traceFindings(
  world: World,
  now: Date,
  times: Times,
  access: readonly string[],
): (trace: ServiceTrace) => readonly Finding[] {
  const known = new Map<World, Around>();
  const aroundIn = (own: World): Around => {
    const around = known.get(own) ?? aroundOf(own, { now, times });
    known.set(own, around);
    return around;
  };
  return (trace) => {
    const around = aroundIn(world.within(trace.vmService.metadata.namespace));
    const findings = toldFindings(diagnoseService(subjectOfTrace(trace, around)), { minSeverity: 'info', all: false, access });
    return findings.filter(({ code }) => code !== 'VMS910');
  };
}
