import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints, vmOperatorVersions } from '../support/builders.ts';
import { aSupervisor } from '../support/supervisor.ts';

const nics = [['10.1.0.11/24', 'fe80::1/64'], ['192.168.128.11/24']] as const;

/** What the guest reports, in the words of that version; none of it is the primary address. */
function statusOf(version: string): object {
  if (version !== 'v1alpha1')
    return {
      powerState: 'PoweredOn',
      network: {
        interfaces: nics.map((addresses, at) => ({ name: `eth${at}`, ip: { addresses: addresses.map((address) => ({ address })) } })),
      },
    };
  const networkInterfaces = nics.map((ipAddresses, at) => ({ connected: true, macAddress: `00:50:56:00:00:0${at}`, ipAddresses }));
  return { phase: 'Created', powerState: 'poweredOn', networkInterfaces };
}

suite('a VM with several interfaces and no primary address', () => {
  for (const profile of ['A', 'B', 'C', 'D', 'E'] satisfies readonly Profile[]) {
    const { hubVersion } = traitsOf(profile);
    const version = vmOperatorVersions.find((candidate) => candidate === hubVersion) ?? assert.fail(`no builder writes ${hubVersion}`);

    test(`is named with its addresses in release ${profile} (${version}), as the cause of the service without endpoints`, async () => {
      const web = aVmService('web', { version, ingress: ['10.20.0.15'], finalizers: ['virtualmachineservice.vmoperator.vmware.com'] });
      const vm = { ...aVm('web-1', { version, labels: { app: 'web' } }), status: statusOf(version) } as KubeObject;
      const service = aService('web', { owners: [ownedBy(web)], ingress: ['10.20.0.15'] });
      const supervisor = await aSupervisor([web, vm, service, someEndpoints('web', { owners: [ownedBy(web)], subsets: [] })], profile);
      for (const command of ['debug web', 'debug vm/web-1']) {
        const { code, out } = await supervisor.run(`${command} -n prod --rules=VMS30*,VMS501,VMS614`);
        assert.equal(code, 1, out);
        const at = out.indexOf('ERROR  VMS304');
        assert.deepEqual(out.slice(at).split('\n').slice(0, 4), [
          'ERROR  VMS304 PrimaryAddressAmbiguous (certain)',
          '       web-1 has addresses, but none is its primary one',
          version === 'v1alpha1'
            ? '  seen   its interfaces: nic-1 10.1.0.11; nic-2 192.168.128.11'
            : '  seen   its interfaces: eth0 10.1.0.11; eth1 192.168.128.11',
          `         ${version === 'v1alpha1' ? 'status.vmIp <none>' : 'status.network.primaryIP4 <none>, primaryIP6 <none>'}`,
        ]);
        assert.doesNotMatch(out, /VMS301|VMS303|VMS501/);
      }
    });
  }
});
