import { controllerOf, type KubeObject, kindAndName } from '../../model/object.ts';
import type { Service } from '../../model/service.ts';
import type { Fix } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { resolveProvider, serviceProxyLabel } from '../load-balancer.ts';
import { ownershipOf } from '../ownership.ts';
import { deprecatedFinalizer, finalizer } from '../profile.ts';
import { isEmptySelector, selectorText } from '../selector.ts';
import { isMadeOfPods } from '../slice-manager.ts';
import { itemsOf } from '../snapshot.ts';
import { writtenBy } from './changes.ts';
import { advice, annotateCommand, commandIn, commandOn, labelCommand, nudgeCommand, patchCommand } from './fixes.ts';
import { found } from './found.ts';
import { hasBalancedService, hasEndpoints, hasService } from './questions.ts';
import { rehearsalLines } from './rehearsal.ts';
import type { NamespaceRule, ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** The controller acts within seconds; one that is there may take so long for a new object. Seconds. */
const newObject = 30;

/** What follows where there is no Service. */
const withoutService: readonly FindingCode[] = ['VMS501', 'VMS505', 'VMS601', 'VMS602', 'VMS610', 'VMS614'];

function lacksService({ trace }: ServiceSubject): boolean {
  return trace.service.state === 'Missing';
}

/** The Service is there, but without the namespace's network provider nobody knows what to write to it. */
function lacksProvider({ trace }: ServiceSubject): boolean {
  return trace.service.state === 'Refused' && trace.service.refusal.reason === 'ProviderUnknown';
}

function wasTouched({ metadata }: KubeObject): boolean {
  return (metadata.finalizers ?? []).some((held) => held === finalizer || held === deprecatedFinalizer);
}

/** VMS401: nobody has looked at it yet. */
export const controllerNeverActed: ServiceRule = {
  about: 'service',
  code: 'VMS401',
  worst: 'error',
  needs: ['services'],
  applies: (subject) => lacksService(subject) && !wasTouched(subject.vmService),
  find: ({ vmService, around: { times } }) => {
    const { name, creationTimestamp } = vmService.metadata;
    const waiting = (times.age(creationTimestamp) ?? Number.POSITIVE_INFINITY) < newObject;
    const managers = [...new Set(writtenBy(vmService, () => true).map(({ manager }) => manager))];
    const message = waiting
      ? `Waiting for the controller to come to ${name}`
      : `The controller has never touched ${name}, which has been there ${times.since(creationTimestamp)}`.replace(
          /, which has been there $/,
          '',
        );
    return [
      found('VMS401', waiting ? 'info' : 'error', 'likely', vmService, message, {
        evidence: [
          `no finalizer of VM Operator, no Service ${name}`,
          ...(managers.length > 0 ? [`metadata.managedFields: written by ${managers.join(', ')} only`] : []),
        ],
        why: 'the controller puts its finalizer on an object even where it then fails',
        fix: waiting
          ? []
          : [
              advice('platform owner: is VM Operator (namespace vmware-system-vmop) running, and does it look after this namespace?'),
              ...commandOn(
                vmService,
                ['kubectl', 'vmsvc', 'reconcile', name, '--once'],
                'does its work once, where there is no controller',
              ),
            ],
        follows: ['VMS402', ...withoutService],
      }),
    ];
  },
};

/** VMS402: the controller is there, and makes no Service. */
export const serviceNeverCreated: ServiceRule = {
  about: 'service',
  code: 'VMS402',
  worst: 'error',
  needs: ['services'],
  applies: (subject) => (lacksService(subject) && wasTouched(subject.vmService)) || lacksProvider(subject),
  mayHideIn: ({ vmService, around: { world } }) =>
    world.providerSource(vmService.metadata.namespace ?? '').from === 'nowhere' ? ['networkSettings'] : [],
  find: (subject) => {
    const { vmService, around, proofs } = subject;
    const { name, namespace, creationTimestamp } = vmService.metadata;
    const { times, world } = around;
    const waiting = (times.age(creationTimestamp) ?? Number.POSITIVE_INFINITY) < newObject;
    const resolved = resolveProvider(world.providerSource(namespace ?? ''));
    const problem = 'problem' in resolved ? resolved.problem : undefined;
    const since = times.since(creationTimestamp);
    const message = lacksProvider(subject)
      ? `The controller cannot keep Service ${name} up to date`
      : waiting
        ? `Waiting for Service ${name}`
        : `The controller is there, but has not created Service ${name}${since === '' ? '' : ` ${since}`}`;
    const create = proofs.createService;
    return [
      found('VMS402', waiting ? 'info' : 'error', 'certain', vmService, problem === undefined ? message : `${message}: ${problem}`, {
        evidence: [
          `finalizer present and ${lacksProvider(subject) ? `Service ${name} left as it is` : `no Service ${name}`}; the controller writes no event when it fails`,
        ],
        ...(create?.outcome === 'refused' && { proof: rehearsalLines(create) }),
        notes:
          create?.outcome === 'accepted'
            ? [
                'the same Service, sent by you as a server-side dry run, is accepted: what stops the controller is not there any more, or is its own',
              ]
            : [],
        fix: waiting ? [] : neverCreatedFix(vmService, problem),
        follows: withoutService,
      }),
    ];
  },
};

function neverCreatedFix(vmService: ServiceSubject['vmService'], problem: string | undefined): readonly Fix[] {
  if (problem !== undefined)
    return [advice('platform owner: NetworkSettings/default of the namespace is missing or has an unknown provider')];
  const { name } = vmService.metadata;
  return commandOn(vmService, ['kubectl', 'vmsvc', 'reconcile', name, '--once', '--dry-run=server'], 'shows what the server says to it');
}

/** VMS403: a Service or Endpoints of that name belongs to another controller. */
export const serviceNameTaken: ServiceRule = {
  about: 'service',
  code: 'VMS403',
  worst: 'error',
  inDeletion: true,
  needs: ['services', 'endpoints'],
  applies: (subject) => hasService(subject) || hasEndpoints(subject),
  find: ({ vmService, leftAlone, around: { world } }) => {
    // Endpoints that the controller leaves alone may be anybody's.
    const lookups = [
      world.service(vmService),
      ...(leftAlone && vmService.spec.type !== 'ExternalName' ? [] : [world.endpoints(vmService)]),
    ];
    const children: readonly (KubeObject | undefined)[] = lookups.map((lookup) => ('found' in lookup ? lookup.found : undefined));
    const { name } = vmService.metadata;
    const [child, owner] = children.flatMap((object) => {
      if (object === undefined) return [];
      const ownership = ownershipOf(object, vmService);
      return ownership.owner === 'another' ? ([object, kindAndName(ownership.controller)] as const) : [];
    });
    if (typeof child !== 'object' || typeof owner !== 'string') return [];
    return [
      found('VMS403', 'error', 'certain', child, `${child.kind} ${name} belongs to ${owner}; VM Operator cannot use the name`, {
        field: 'metadata.ownerReferences',
        evidence: [`${child.kind} owner ${owner} (controller), not VirtualMachineService/${name}; no event is written for this failure`],
        fix: [advice(`create the VirtualMachineService under another name, for example ${name}-vm`)],
        danger: `deleting VirtualMachineService/${name} also deletes Service/${name} and Endpoints/${name}, because it deletes by name: create ${name}-vm, move the clients, and delete ${name} only when ${owner} may be made anew by its owner`,
        follows: ['VMS402', 'VMS404', 'VMS406', 'VMS408', ...withoutService],
      }),
    ];
  },
};

/** VMS404: the Service has a selector of its own. */
export const serviceHasSelector: ServiceRule = {
  about: 'service',
  code: 'VMS404',
  worst: 'error',
  needs: ['services'],
  applies: hasService,
  find: ({ vmService, trace }) => {
    if (!('service' in trace.service)) return [];
    const { service } = trace.service;
    const { name } = vmService.metadata;
    if (isEmptySelector(service.spec.selector) || ownershipOf(service, vmService).owner === 'another') return [];
    const selector = selectorText(service.spec.selector);
    const byPods = itemsOf(trace.slices).filter(({ slice }) => isMadeOfPods(slice));
    return [
      found('VMS404', 'error', 'certain', service, `Service ${name} has a selector of its own: ${selector}`, {
        field: 'spec.selector',
        evidence: [
          `Service spec.selector: ${selector}; VM Operator never writes one`,
          ...(byPods.length > 0
            ? [`${byPods.length} EndpointSlices are made of pods: ${byPods.map(({ slice }) => slice.metadata.name).join(', ')}`]
            : []),
        ],
        why: 'Kubernetes makes Endpoints of the pods of that selector, and VM Operator of the VMs: they overwrite each other',
        fix: patchCommand('svc', service, { spec: { selector: null } }, 'after checking that no pods need it; better: use another name'),
        follows: ['VMS406', 'VMS501', 'VMS503', 'VMS505', 'VMS506', 'VMS508', 'VMS614'],
      }),
    ];
  },
};

/** VMS405: Services that a VirtualMachineService left behind. */
export const serviceOrphaned: NamespaceRule = {
  about: 'namespace',
  code: 'VMS405',
  worst: 'warning',
  needs: ['vmServices', 'services', 'endpoints'],
  find: ({ namespace, around: { world } }) => {
    const { vmServices, services, endpoints } = world.snapshot;
    const names = new Set(inNamespace(itemsOf(vmServices), namespace).map(({ metadata }) => metadata.name));
    const byVms = new Set(
      inNamespace(itemsOf(endpoints), namespace)
        .filter(({ subsets = [] }) =>
          subsets.some((subset) =>
            [...(subset.addresses ?? []), ...(subset.notReadyAddresses ?? [])].some(
              ({ targetRef }) => targetRef?.kind === 'VirtualMachine',
            ),
          ),
        )
        .map(({ metadata }) => metadata.name),
    );
    return inNamespace(itemsOf(services), namespace).flatMap((service) => {
      const { name, deletionTimestamp, ownerReferences = [] } = service.metadata;
      if (names.has(name) || deletionTimestamp !== undefined) return [];
      const owner = ownerReferences.find(({ kind }) => kind === 'VirtualMachineService');
      if (owner === undefined && (!byVms.has(name) || controllerOf(service) !== undefined)) return [];
      if (owner !== undefined && names.has(owner.name)) return [];
      const address = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
      return [
        found(
          'VMS405',
          'warning',
          'certain',
          service,
          `Service ${name} has no VirtualMachineService${address.length > 0 ? `, and holds ${address.join(', ')}` : ''}`,
          {
            evidence: [
              owner === undefined
                ? 'its Endpoints point at VMs, and nobody owns it'
                : `its owner VirtualMachineService/${owner.name} does not exist`,
            ],
            fix: [
              advice(`make VirtualMachineService ${name} again: it takes the Service over, and keeps its address`),
              ...commandIn(namespace, ['kubectl', 'vmsvc', 'reconcile', '--orphans'], 'lists what could go; ask who uses it first'),
            ],
          },
        ),
      ];
    });
  },
};

function inNamespace<T extends KubeObject>(objects: readonly T[], namespace: string): readonly T[] {
  return objects.filter(({ metadata }) => metadata.namespace === namespace);
}

/** VMS406: the Service is not what the VirtualMachineService asks for. */
export const serviceDiffers: ServiceRule = {
  about: 'service',
  code: 'VMS406',
  worst: 'error',
  needs: ['services'],
  applies: hasService,
  find: (subject) => {
    const { vmService, trace, proofs } = subject;
    if (trace.service.state !== 'Differs' || !subject.isSettled()) return [];
    const { fields, service, owned } = trace.service;
    // The owner's uid and version are put right in passing, and nobody depends on them.
    const telling = owned ? fields.filter((field) => field !== 'metadata.ownerReferences') : fields;
    if (telling.length === 0) return [];
    const { name } = vmService.metadata;
    const patch = proofs.patchService;
    const refused = patch?.outcome === 'refused';
    const breaks = telling.includes('spec.ports') || telling.includes('spec.type') || refused;
    const unowned = !owned && telling.every((field) => field === 'metadata.ownerReferences');
    const message = unowned
      ? `Service ${name} belongs to nobody; the controller would take it over`
      : `Service ${name} is not what its VirtualMachineService asks for`;
    return [
      found('VMS406', breaks ? 'error' : 'warning', 'certain', service, message, {
        evidence: [`the controller would change ${telling.join(', ')}`, ...portLines(vmService, service, telling)],
        ...(refused && { proof: rehearsalLines(patch) }),
        why: 'the controller writes such a difference away within seconds: it fails, or does not run',
        fix: [
          ...commandOn(vmService, ['kubectl', 'vmsvc', 'diff', name], 'shows the differences'),
          ...(refused ? [] : nudgeCommand(vmService)),
        ],
        follows: refused || unowned ? ['VMS501', 'VMS502', 'VMS503', 'VMS509', 'VMS610'] : ['VMS509'],
      }),
    ];
  },
};

function portLines({ spec }: ServiceSubject['vmService'], service: Service, fields: readonly string[]): readonly string[] {
  if (!fields.includes('spec.ports')) return [];
  const text = (ports: readonly { name?: string; port: number; protocol?: string; targetPort?: number | string }[] | undefined) =>
    (ports ?? [])
      .map(({ name, port, protocol, targetPort }) => `${name ?? ''} ${port}/${protocol ?? 'TCP'} -> ${targetPort ?? port}`.trim())
      .join(', ') || '<none>';
  return [`VirtualMachineService spec.ports: ${text(spec.ports)}`, `Service spec.ports: ${text(service.spec.ports)}`];
}

/** Load balancers clean up within a minute or two. Seconds. */
const cleanUpGrace = 120;

/** VMS407: a Service on its way out, which keeps its name. */
export const serviceTerminating: ServiceRule = {
  about: 'service',
  code: 'VMS407',
  worst: 'error',
  inDeletion: true,
  needs: ['services'],
  applies: hasService,
  find: ({ vmService, around }) => {
    const lookup = around.world.service(vmService);
    return 'found' in lookup ? terminating(lookup.found, around.times) : [];
  },
};

/** The same for one whose VirtualMachineService is gone already. */
export const leftServiceTerminating: NamespaceRule = {
  about: 'namespace',
  code: 'VMS407',
  worst: 'error',
  needs: ['vmServices', 'services'],
  find: ({ namespace, around }) => {
    const names = new Set(inNamespace(itemsOf(around.world.snapshot.vmServices), namespace).map(({ metadata }) => metadata.name));
    return inNamespace(itemsOf(around.world.snapshot.services), namespace)
      .filter(
        ({ metadata }) =>
          !names.has(metadata.name) && (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'VirtualMachineService'),
      )
      .flatMap((service) => terminating(service, around.times));
  },
};

function terminating(service: Service, times: ServiceSubject['around']['times']) {
  const { name, deletionTimestamp, finalizers = [] } = service.metadata;
  if (deletionTimestamp === undefined) return [];
  const waiting = (times.age(deletionTimestamp) ?? 0) < cleanUpGrace;
  return [
    found(
      'VMS407',
      waiting ? 'info' : 'error',
      'certain',
      service,
      `Service ${name} has been in deletion ${times.since(deletionTimestamp)}`,
      {
        evidence: [`metadata.finalizers: ${finalizers.join(', ') || '<none>'}`],
        why: 'its load balancer has to clean up first; until then the address and the name are taken, and a new VirtualMachineService of that name loses it again',
        fix: waiting ? [] : [advice('ask the platform owner why the load balancer does not let go; wait before making the name anew')],
        follows: ['VMS402', 'VMS406', 'VMS501', 'VMS614'],
      },
    ),
  ];
}

/** Keys that change how a Service works, though nobody asks for them any more. */
const acting = ['endpointslice.kubernetes.io/skip-mirror', 'external-dns.alpha.kubernetes.io/hostname', serviceProxyLabel];
const systemPrefixes =
  /^(ncp\/|ncp\.|nsx\.|ako\.|aviinfrasetting|service\.route\.lbapi\.|kubectl|metallb\.|lb\.iaas\.|netoperator\.|field\.cattle\.io|.*\.?vmware\.com\/|.*kubernetes\.io\/)/;

/** VMS408: keys that were copied to the Service once and are no longer asked for. */
export const serviceMetadataLeftOver: ServiceRule = {
  about: 'service',
  code: 'VMS408',
  worst: 'warning',
  needs: ['services'],
  applies: hasService,
  find: ({ vmService, trace }) => {
    if (!('service' in trace.service) || ownershipOf(trace.service.service, vmService).owner !== 'ours') return [];
    const { service } = trace.service;
    return (['annotations', 'labels'] as const).flatMap((map) => {
      const own = vmService.metadata[map] ?? {};
      const extra = Object.keys(service.metadata[map] ?? {}).filter((key) => !(key in own));
      return extra
        .filter((key) => acting.includes(key) || !systemPrefixes.test(key))
        .filter((key) => key !== serviceProxyLabel || service.metadata.labels?.[key] !== 'nsx-t')
        .map((key) =>
          found(
            'VMS408',
            acting.includes(key) ? 'warning' : 'info',
            'likely',
            service,
            `${map === 'annotations' ? 'Annotation' : 'Label'} ${key} is on the Service and not on its VirtualMachineService`,
            {
              field: `metadata.${map}[${key}]`,
              evidence: [`Service metadata.${map}[${key}]: ${service.metadata[map]?.[key] ?? ''}`],
              why: 'keys are copied to the Service and not taken away again; somebody may also have put it there on purpose',
              fix: map === 'annotations' ? annotateCommand('svc', service, `${key}-`) : labelCommand('svc', service, `${key}-`),
            },
          ),
        );
    });
  },
};

/** VMS409: the cluster IP that is asked for cannot be had. */
export const clusterIpUnavailable: ServiceRule = {
  about: 'service',
  code: 'VMS409',
  worst: 'error',
  needs: ['services'],
  applies: (subject) =>
    lacksService(subject) && (subject.vmService.spec.clusterIp ?? '') !== '' && subject.vmService.spec.clusterIp !== 'None',
  find: ({ vmService, around, proofs }) => {
    const wanted = vmService.spec.clusterIp ?? '';
    const create = proofs.createService;
    const said = create?.outcome === 'refused' ? (create.status.message ?? '') : '';
    const refused = /provided IP is already allocated|not in the valid range|failed to allocate/.test(said);
    const holder = itemsOf(around.world.snapshot.services).find(
      ({ spec }) => spec.clusterIP === wanted || (spec.clusterIPs ?? []).includes(wanted),
    );
    if (!refused && holder === undefined) return [];
    return [
      found('VMS409', 'error', refused ? 'certain' : 'likely', vmService, `The cluster IP ${wanted} cannot be had`, {
        field: 'spec.clusterIp',
        evidence: [
          `spec.clusterIp: ${wanted}, and no Service ${vmService.metadata.name}`,
          ...(holder === undefined ? [] : [`Service ${holder.metadata.namespace ?? ''}/${holder.metadata.name} has it`]),
        ],
        ...(create?.outcome === 'refused' && refused && { proof: rehearsalLines(create) }),
        fix: [advice('leave clusterIp out; it cannot be changed, so the VirtualMachineService has to be made anew')],
        follows: ['VMS402', ...withoutService],
      }),
    ];
  },
};

/** VMS410: kube-proxy was told to leave the Service alone. */
export const kubeProxyBypassed: ServiceRule = {
  about: 'service',
  code: 'VMS410',
  worst: 'error',
  needs: ['services'],
  applies: hasService,
  find: ({ vmService, trace, around }) => {
    if (!('service' in trace.service)) return [];
    const { service } = trace.service;
    const value = service.metadata.labels?.[serviceProxyLabel];
    if (value === undefined) return [];
    const local = service.spec.externalTrafficPolicy === 'Local';
    const resolved = resolveProvider(around.world.providerSource(vmService.metadata.namespace ?? ''));
    const meant = local || ('provider' in resolved && resolved.provider === 'nsx');
    return [
      found('VMS410', meant ? 'info' : 'error', 'certain', service, `kube-proxy leaves Service ${service.metadata.name} to ${value}`, {
        field: `metadata.labels[${serviceProxyLabel}]`,
        evidence: [`label ${serviceProxyLabel}: ${value}; externalTrafficPolicy ${service.spec.externalTrafficPolicy ?? '<none>'}`],
        why: 'inside the Supervisor its cluster IP does not answer; the address of the load balancer does',
        fix: meant ? [] : labelCommand('svc', service, `${serviceProxyLabel}-`),
      }),
    ];
  },
};

/** VMS411: node ports of an older release. */
export const nodePortsLeftOver: ServiceRule = {
  about: 'service',
  code: 'VMS411',
  worst: 'info',
  needs: ['services'],
  applies: hasBalancedService,
  find: ({ trace }) => {
    if (!('service' in trace.service)) return [];
    const { service } = trace.service;
    const { spec } = service;
    const nodePorts = (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort === undefined || nodePort === 0 ? [] : [nodePort]));
    if (spec.type !== 'LoadBalancer' || spec.allocateLoadBalancerNodePorts !== false || nodePorts.length === 0) return [];
    return [
      found('VMS411', 'info', 'certain', service, `Service ${service.metadata.name} still has node ports of an older release`, {
        field: 'spec.ports',
        evidence: [`spec.allocateLoadBalancerNodePorts: false, node ports ${nodePorts.join(', ')}`],
      }),
    ];
  },
};
