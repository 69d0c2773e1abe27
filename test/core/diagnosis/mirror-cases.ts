import type { MirrorPlace } from '../../../src/core/diagnosis/mirror-place.ts';
import { aService, type EndpointsOptions, type ServiceOptions, someEndpoints } from '../../support/builders.ts';
import { healthy } from '../../support/diagnosed.ts';
import type { RuleCase } from './rule-case.ts';

const source = { 'vmsvc.mirror/source': 'supervisor/prod/svc' };
const http = [{ name: 'http', port: 80, protocol: 'TCP' }];

/** A copy of `svc` in another cluster, right unless told. */
function copy(
  endpoints: EndpointsOptions = {},
  service: ServiceOptions | null = {},
  place: Partial<MirrorPlace> = {},
): { readonly facts: { readonly mirrors: readonly MirrorPlace[] } } {
  const own = { namespace: 'default', annotations: source };
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }];
  const services = service === null ? [] : [aService('svc', { ...own, type: 'ClusterIP', clusterIP: '10.97.0.1', ports, ...service })];
  const copied = [someEndpoints('svc', { ...own, ready: ['192.0.2.7'], ports: http, ...endpoints })];
  return {
    facts: { mirrors: [{ context: 'tkc1', services: { items: services }, endpoints: { items: copied }, mayWrite: true, ...place }] },
  };
}

const both = { world: healthy, near: healthy, but: 'where the copy is right', nearOptions: copy() };

export const mirrorCases: readonly RuleCase[] = [
  {
    ...both,
    code: 'VMS801',
    when: 'where Endpoints are left and no Service',
    options: copy({}, null),
    says: 'error VMS801 certain Endpoints/svc',
  },
  {
    ...both,
    code: 'VMS802',
    when: 'where the copy has an old address',
    options: copy({ ready: ['192.0.2.99'] }),
    says: 'error VMS802 certain Endpoints/svc',
  },
  {
    ...both,
    code: 'VMS803',
    when: 'where the copy uses the target port',
    options: copy({ ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }),
    says: 'error VMS803 certain Endpoints/svc',
  },
  {
    ...both,
    code: 'VMS804',
    when: 'where the copy points at the cluster IP',
    options: copy({ ready: ['10.96.0.15'] }),
    says: 'error VMS804 certain Endpoints/svc',
  },
  {
    ...both,
    code: 'VMS804',
    when: 'where the copy points at a VM',
    options: copy({ ready: ['10.0.0.1'] }),
    says: 'warning VMS804 certain Endpoints/svc',
  },
  {
    ...both,
    code: 'VMS805',
    when: 'where the copy has a selector',
    options: copy({}, { selector: { app: 'x' } }),
    says: 'error VMS805 certain Service/svc',
  },
  {
    ...both,
    code: 'VMS806',
    when: 'where a wrong copy may not be mended',
    options: copy({ ready: ['192.0.2.99'] }, {}, { mayWrite: false }),
    says: 'error VMS806 certain Endpoints/svc',
    but: 'where a right one may not be written',
    nearOptions: copy({}, {}, { mayWrite: false }),
  },
  {
    ...both,
    code: 'VMS807',
    when: 'where the source is gone',
    options: copy({ annotations: { 'vmsvc.mirror/source': 'supervisor/prod/gone' } }),
    says: 'error VMS807 certain Endpoints/svc',
  },
  {
    ...both,
    code: 'VMS808',
    when: 'where the copy takes another family',
    options: copy({}, { ipFamilies: ['IPv6'] }),
    says: 'error VMS808 likely Endpoints/svc',
  },
  {
    ...both,
    code: 'VMS808',
    when: 'where one address of the copy is of another family',
    options: copy({ ready: ['192.0.2.7', 'fd00::7'] }, { ipFamilies: ['IPv4'] }),
    says: 'warning VMS808 likely Endpoints/svc',
  },
  {
    ...both,
    code: 'VMS809',
    when: "where the Service is Cluster API's own",
    options: {
      facts: {
        mirrors: [
          {
            context: 'tkc1',
            mayWrite: true,
            endpoints: { items: [] },
            services: {
              items: [
                aService('supervisor', {
                  namespace: 'default',
                  type: 'ClusterIP',
                  clusterIP: 'None',
                  ports: [{ port: 6443, protocol: 'TCP' }],
                }),
              ],
            },
          },
        ],
      },
    },
    says: 'info VMS809 certain Service/supervisor',
  },
];
