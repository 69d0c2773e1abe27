import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { contains, formatCidr, formatIp, isNonStandard, parseCidr, parseIp, sizeOf } from '../../src/core/ip-address.ts';
import type { IpFamily } from '../../src/model/service.ts';
import { propertyOptions } from '../support/arbitraries.ts';

suite('IP addresses', () => {
  const good: readonly (readonly [text: string, family: IpFamily, canonical: string])[] = [
    ['192.0.2.1', 'IPv4', '192.0.2.1'],
    ['010.001.002.003', 'IPv4', '10.1.2.3'],
    ['::', 'IPv6', '::'],
    ['::1', 'IPv6', '::1'],
    ['fd00:0:0:0:0:0:0:6', 'IPv6', 'fd00::6'],
    ['2001:DB8::0abc', 'IPv6', '2001:db8::abc'],
    ['1:0:0:2:0:0:0:3', 'IPv6', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', 'IPv6', '1:0:2:3:4:5:6:7'],
    ['64:ff9b::192.0.2.33', 'IPv6', '64:ff9b::c000:221'],
    ['::ffff:192.0.2.1', 'IPv4', '192.0.2.1'],
  ];
  for (const [text, family, canonical] of good) {
    test(`${text} is ${canonical}`, () => {
      const ip = parseIp(text);
      assert.deepEqual([ip?.family, ip && formatIp(ip)], [family, canonical]);
    });
  }

  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.x',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'fe80::1%eth0',
    '12345::',
    '1.2.3.4::',
    'web',
  ]) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseIp(text), undefined));
  }

  test('any address that is written can be read again', () => {
    const any = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => ({ family: 'IPv4' as const, value })),
      fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => ({ family: 'IPv6' as const, value })),
    );
    fc.assert(
      fc.property(any, (ip) => assert.deepEqual(parseIp(formatIp(ip)), ip)),
      propertyOptions(500),
    );
  });

  test('leading zeros and IPv4 inside IPv6 are read but not standard', () => {
    assert.deepEqual(['192.0.2.1', '192.0.2.01', '0.0.0.0', '::ffff:192.0.2.1', 'fd00:0::1'].map(isNonStandard), [
      false,
      true,
      false,
      true,
      false,
    ]);
  });
});

suite('CIDRs', () => {
  const networks: readonly (readonly [text: string, network: string | undefined, size: bigint])[] = [
    ['10.96.0.0/16', '10.96.0.0/16', 65536n],
    ['192.0.2.7/24', '192.0.2.0/24', 256n],
    ['fd00:10:96::/112', 'fd00:10:96::/112', 65536n],
    ['0.0.0.0/0', '0.0.0.0/0', 2n ** 32n],
    ['192.0.2.7/32', '192.0.2.7/32', 1n],
    ['192.0.2.7/024', '192.0.2.0/24', 256n],
  ];
  for (const [text, network, size] of networks) {
    test(`${text} is the network ${network}`, () => {
      const cidr = parseCidr(text);
      assert.deepEqual([cidr && formatCidr(cidr), cidr && sizeOf(cidr)], [network, size]);
    });
  }

  for (const text of ['10.0.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/-1', '/8', 'x/8']) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseCidr(text), undefined));
  }

  test('a range holds its own addresses, and none of the other family', () => {
    const range = parseCidr('10.96.0.0/16');
    assert.ok(range !== undefined);
    const holds = (text: string) => {
      const ip = parseIp(text);
      return ip !== undefined && contains(range, ip);
    };
    assert.deepEqual(['10.96.0.0', '10.96.255.255', '10.97.0.0', '10.95.255.255', '::a60:1'].map(holds), [true, true, false, false, false]);
  });
});
