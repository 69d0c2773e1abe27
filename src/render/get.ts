import type { Finding } from '../core/finding.ts';
import { selectorText } from '../core/selector.ts';
import type { ServiceStatus } from '../core/service-status.ts';
import type { ServiceTrace } from '../core/trace/trace.ts';
import { controllerOf, kindAndName, refOf } from '../model/object.ts';
import { qualifiedName } from '../model/resources.ts';
import type { ServicePort } from '../model/service.ts';
import { ageOf } from './age.ts';
import { plainStyle, type Style } from './style.ts';
import { type Column, type ObjectColumns, renderTable, withObjectColumns } from './table.ts';

export interface GetTableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly allNamespaces: boolean;
  readonly labelColumns: readonly string[];
  readonly showLabels: boolean;
  readonly showKind: boolean;
  /** What the column FINDINGS is made of. */
  readonly findingsOf?: (trace: ServiceTrace) => readonly Finding[];
}

/** The table of `get`: the columns of `kubectl get svc`, and behind them who receives traffic and one word of status. */
export function renderGet(traces: readonly ServiceTrace[], options: GetTableOptions, now: Date, style: Style): string {
  return renderTable(tableColumns(options, now, style), traces, options);
}

/** Its columns, with those that flags add. */
export function tableColumns(options: GetTableOptions, now: Date, style: Style): readonly Column<ServiceTrace>[] {
  const extra: ObjectColumns<ServiceTrace> = {
    allNamespaces: options.allNamespaces,
    labelColumns: options.labelColumns,
    showLabels: options.showLabels,
    namespaceOf: (trace) => trace.vmService.metadata.namespace ?? '',
    labelsOf: (trace) => trace.vmService.metadata.labels ?? {},
  };
  return withObjectColumns(getColumns(now, { showKind: options.showKind, style, findingsOf: options.findingsOf }), extra);
}

/** The columns as data: `--sort-by` names them, too. */
export function getColumns(
  now: Date,
  {
    showKind = false,
    style = plainStyle(false),
    findingsOf = () => [],
  }: { showKind?: boolean; style?: Style; findingsOf?: GetTableOptions['findingsOf'] | undefined } = {},
): Column<ServiceTrace>[] {
  return [
    {
      header: 'NAME',
      value: ({ vmService }) => (showKind ? qualifiedName(refOf(vmService)) : vmService.metadata.name),
    },
    { header: 'TYPE', value: ({ vmService }) => vmService.spec.type ?? '' },
    { header: 'CLUSTER-IP', value: clusterIp },
    { header: 'EXTERNAL-IP', value: externalIp },
    { header: 'PORT(S)', value: ports },
    { header: 'READY', value: readyText },
    { header: 'STATUS', value: (trace) => trace.status, paint: (cell, trace) => paintStatus(trace.status, style)(cell) },
    { header: 'AGE', value: ({ vmService }) => ageOf(vmService.metadata.creationTimestamp, now) },
    { header: 'SELECTOR', wide: true, value: ({ vmService }) => selectorText(vmService.spec.selector) },
    { header: 'OWNER', wide: true, value: ownerText },
    { header: 'FINDINGS', wide: true, value: (trace) => [...new Set(findingsOf(trace).map((finding) => finding.code))].join(',') },
  ];
}

/** `2/5`; `<unknown>` when it could not be looked at, `<none>` when nothing is selected by labels. */
function readyText({
  ready,
  selected,
  endpoints,
  vmService,
}: Pick<ServiceTrace, 'ready' | 'selected' | 'endpoints' | 'vmService'>): string {
  if (endpoints.state === 'LeftAlone')
    return vmService.spec.type === 'ExternalName' || endpoints.endpoints === undefined
      ? '<none>'
      : `${endpoints.ready}/${endpoints.ready + endpoints.notReady}`;
  return ready === undefined || selected === undefined ? '<unknown>' : `${ready}/${selected}`;
}

export function paintStatus(status: ServiceStatus, style: Style): (text: string) => string {
  switch (status) {
    case 'OK':
      return (text) => text;
    case 'Pending':
    case 'Degraded':
    case 'Drift':
    case 'Deleting':
    case 'Unknown':
      return style.warn;
    case 'NoService':
    case 'NoVMs':
    case 'NoEndpoints':
    case 'NoAddress':
      return style.bad;
  }
}

/** `cluster/tkc1` for objects that a workload cluster owns, else the owner's kind and name. */
export function ownerText({ vmService }: Pick<ServiceTrace, 'vmService'>): string {
  const owner = controllerOf(vmService) ?? vmService.metadata.ownerReferences?.[0];
  if (owner === undefined) return '';
  return /cluster$/i.test(owner.kind) ? `cluster/${owner.name}` : kindAndName(owner);
}

function clusterIp({ service }: ServiceTrace): string {
  return 'service' in service ? (service.service.spec.clusterIP ?? '') : service.state === 'Unknown' ? '<unknown>' : '';
}

function externalIp({ vip, vmService }: ServiceTrace): string {
  switch (vip.state) {
    case 'Assigned':
      return vip.addresses.join(',');
    case 'Pending':
      return '<pending>';
    case 'Unknown':
      return '<unknown>';
    case 'NotNeeded':
      return vmService.spec.type === 'ExternalName' ? (vmService.spec.externalName ?? '') : '';
  }
}

/** As kubectl prints a Service's ports: with the node port where the Service has one. */
function ports({ vmService, service }: ServiceTrace): string {
  const known: readonly ServicePort[] = 'service' in service ? (service.service.spec.ports ?? []) : [];
  return (vmService.spec.ports ?? [])
    .map(({ name, port, protocol }) => {
      const nodePort = known.find((candidate) => (candidate.name ?? '') === (name ?? ''))?.nodePort;
      return `${typeof port === 'number' ? port : '<none>'}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol ?? 'TCP'}`;
    })
    .join(',');
}
