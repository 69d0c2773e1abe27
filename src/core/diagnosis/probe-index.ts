import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { isOutOfReach, type ProbeLine, type ProbeReport } from '../probe/probe.ts';

/** What connections came to, to be asked by service and by address: a thousand services do not go through the lines of all. */
export interface ProbeIndex {
  /** The reports with the lines of one service. */
  of(vmService: VirtualMachineService): readonly ProbeReport[];
  /** Whether something at that address took a connection: then it is reached, whatever it looks like. */
  answered(address: string): boolean;
}

/** Made when somebody first asks. */
export function probeIndex(reports: readonly ProbeReport[]): ProbeIndex {
  const keyOf = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;
  let byService: readonly (readonly [ProbeReport, Map<string | undefined, ProbeLine[]>])[] | undefined;
  let reached: ReadonlySet<string> | undefined;
  return {
    of: ({ metadata }) => {
      byService ??= reports.map((report) => [
        report,
        Map.groupBy(report.lines, ({ target: { service } }) => service && keyOf(service.namespace, service.name)),
      ]);
      const key = keyOf(metadata.namespace, metadata.name);
      return byService.map(([report, lines]) => ({ ...report, lines: lines.get(key) ?? [] }));
    },
    answered: (address) => {
      reached ??= new Set(
        reports
          .flatMap(({ lines }) => lines)
          .filter((line) => line.target.stage === 'vip' && line.result !== 'skipped' && !isOutOfReach(line))
          .map(({ target }) => target.host),
      );
      return reached.has(address);
    },
  };
}
