import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiRequest } from '../../src/apiserver/request.ts';
import type { ApiServer } from '../../src/apiserver/server.ts';
import { isList, type Json, type KubeObject } from '../../src/model/object.ts';
import { anApiServer } from '../support/api-server.ts';
import { ask, at, verdict } from '../support/ask.ts';

function aConfigMap(name: string, namespace = 'default', labels: Readonly<Record<string, string>> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels } };
}

function names(body: Json): readonly Json[] {
  const items = at(body, 'items');
  return isList(items) ? items.map((item) => `${at(item, 'metadata.namespace')}/${at(item, 'metadata.name')}`) : [];
}

function list(server: ApiServer, options: ApiRequest['options'] = {}, namespace = 'everywhere') {
  return ask(server, 'list', { kind: 'ConfigMap', namespace }, { options });
}

suite('a list', () => {
  test('is ordered by namespace and name, by bytes', () => {
    const server = anApiServer();
    server.load([
      aConfigMap('b'),
      aConfigMap('a-1'),
      aConfigMap('a'),
      aConfigMap('z', 'aaa'),
      aConfigMap('a', 'team-a'),
      aConfigMap('a', 'team'),
    ]);
    assert.deepEqual(names(list(server).body), ['aaa/z', 'default/a', 'default/a-1', 'default/b', 'team-a/a', 'team/a']);
    assert.deepEqual(names(list(server, {}, 'default').body), ['default/a', 'default/a-1', 'default/b']);
  });

  test('says what its items are once, for built-in kinds; custom resources say it themselves', () => {
    const server = anApiServer();
    const vmService = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService' };
    server.load([aConfigMap('a'), { ...vmService, metadata: { name: 'web', namespace: 'default' } }]);
    assert.deepEqual([list(server).body.kind, at(list(server).body, 'items.0.kind')], ['ConfigMapList', undefined]);
    const custom = ask(server, 'list', vmService).body;
    assert.deepEqual(
      [custom.kind, at(custom, 'items.0.kind'), at(custom, 'items.0.apiVersion')],
      ['VirtualMachineServiceList', vmService.kind, vmService.apiVersion],
    );
  });

  test('of a namespace that is not there is empty', () => {
    assert.deepEqual(names(list(anApiServer(), {}, 'nowhere').body), []);
  });
});

suite('pages', () => {
  function aServer(): ApiServer {
    const server = anApiServer();
    server.load(Array.from({ length: 7 }, (_, index) => aConfigMap(`c-${index}`)));
    return server;
  }

  test('follow each other until all is told, and count what remains', () => {
    const server = aServer();
    const pages: Json[] = [];
    const remaining: (Json | undefined)[] = [];
    let token = '';
    do {
      const { body } = list(server, { limit: 3, ...(token === '' ? {} : { continue: token }) });
      pages.push(names(body));
      remaining.push(at(body, 'metadata.remainingItemCount'));
      token = String(at(body, 'metadata.continue') ?? '');
    } while (token !== '');
    assert.deepEqual(pages, [
      ['default/c-0', 'default/c-1', 'default/c-2'],
      ['default/c-3', 'default/c-4', 'default/c-5'],
      ['default/c-6'],
    ]);
    assert.deepEqual(remaining, [4, 1, undefined]);
  });

  test('show the state of the first one, whatever happens between them', () => {
    const server = aServer();
    const first = list(server, { limit: 3 }).body;
    ask(server, 'delete', { kind: 'ConfigMap', name: 'c-4' });
    ask(server, 'create', { kind: 'ConfigMap' }, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c-35' } } });
    const second = list(server, { continue: String(at(first, 'metadata.continue')) }).body;
    assert.deepEqual(names(second), ['default/c-3', 'default/c-4', 'default/c-5', 'default/c-6']);
    assert.equal(at(second, 'metadata.resourceVersion'), at(first, 'metadata.resourceVersion'));
  });

  test('of a selection count nothing', () => {
    const { body } = list(aServer(), { limit: 3, fieldSelector: 'metadata.name!=c-1' });
    assert.deepEqual([names(body), at(body, 'metadata.remainingItemCount')], [['default/c-0', 'default/c-2', 'default/c-3'], undefined]);
    assert.equal(typeof at(body, 'metadata.continue'), 'string');
  });

  test('that nobody remembers are expired, with a token for the inconsistent rest', () => {
    const server = anApiServer({ historyLimit: 2 });
    server.load(Array.from({ length: 5 }, (_, index) => aConfigMap(`c-${index}`)));
    const token = String(at(list(server, { limit: 3 }).body, 'metadata.continue'));
    for (const name of ['c-4', 'c-0', 'c-1', 'c-2']) ask(server, 'delete', { kind: 'ConfigMap', name });
    const answer = list(server, { continue: token });
    assert.deepEqual([answer.code, answer.body.reason], [410, 'Expired']);
    const rest = list(server, { continue: String(at(answer.body, 'metadata.continue')) });
    assert.deepEqual(names(rest.body), ['default/c-3']);
    assert.equal(
      verdict(list(server, { resourceVersion: '3', resourceVersionMatch: 'Exact' })),
      '410 The resourceVersion for the provided list is too old.',
    );
  });

  for (const token of ['abc', 'e30', '!!!']) {
    test(`a token that this server did not write is refused: ${token}`, () => {
      assert.match(verdict(list(aServer(), { continue: token })), /^400 invalid continue token: continue key is not valid: /);
    });
  }

  test('the resourceVersion of a list must be one, not of the future, and not beside a token', () => {
    const server = aServer();
    assert.match(verdict(list(server, { resourceVersion: 'x' })), /^400 invalid resource version: resourceVersion: Invalid value: "x"/);
    assert.equal(
      verdict(list(server, { resourceVersion: '999' })),
      `504 Timeout: Too large resource version: 999, current: ${server.resourceVersion}`,
    );
    assert.equal(list(server, { resourceVersion: '0' }).code, 200);
    const token = String(at(list(server, { limit: 3 }).body, 'metadata.continue'));
    assert.equal(
      verdict(list(server, { continue: token, resourceVersion: '1' })),
      '400 specifying resource version is not allowed when using continue',
    );
  });
});

suite('label selectors', () => {
  const labelled: readonly KubeObject[] = [
    aConfigMap('none'),
    aConfigMap('front', 'default', { tier: 'front', weight: '3' }),
    aConfigMap('back', 'default', { tier: 'back', weight: '10' }),
    aConfigMap('empty', 'default', { tier: '' }),
  ];
  const cases: readonly (readonly [selector: string, selected: readonly string[]])[] = [
    ['', ['back', 'empty', 'front', 'none']],
    ['tier', ['back', 'empty', 'front']],
    ['!tier', ['none']],
    ['tier=front', ['front']],
    ['tier==front', ['front']],
    ['tier!=front', ['back', 'empty', 'none']],
    ['tier=', ['empty']],
    ['tier in (front,back)', ['back', 'front']],
    ['tier in (front, )', ['empty', 'front']],
    ['tier notin (front,back)', ['empty', 'none']],
    ['weight>3', ['back']],
    ['weight<4', ['front']],
    ['tier,weight>1, tier!=back', ['front']],
    ['constructor', []],
  ];
  for (const [selector, selected] of cases) {
    test(`${JSON.stringify(selector)} selects ${selected.join(', ') || 'nothing'}`, () => {
      const server = anApiServer();
      server.load(labelled);
      assert.deepEqual(
        names(list(server, { labelSelector: selector }).body),
        selected.map((name) => `default/${name}`),
      );
    });
  }

  const refused: readonly (readonly [selector: string, why: string])[] = [
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['a>x', "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
  ];
  for (const [selector, why] of refused) {
    test(`${JSON.stringify(selector)} is refused`, () =>
      assert.equal(verdict(list(anApiServer(), { labelSelector: selector })), `400 ${why}`));
  }
});

suite('field selectors', () => {
  const event = (name: string, kind: string, type: string): KubeObject =>
    Object.assign(
      { apiVersion: 'v1', kind: 'Event', metadata: { name, namespace: 'default' } },
      { involvedObject: { kind, name: 'web' }, reason: 'Changed', type },
    );

  test('find Events by what they are about, their reason and their type', () => {
    const server = anApiServer();
    server.load([event('a', 'Service', 'Normal'), event('b', 'Service', 'Warning'), event('c', 'Pod', 'Warning')]);
    const select = (fieldSelector: string) => names(ask(server, 'list', { kind: 'Event' }, { options: { fieldSelector } }).body);
    assert.deepEqual(select('involvedObject.kind=Service,type!=Normal'), ['default/b']);
    assert.deepEqual(select('reason=Changed,involvedObject.name==web'), ['default/a', 'default/b', 'default/c']);
    assert.deepEqual(select('metadata.name=c'), ['default/c']);
  });

  test('refuse a field by its name', () => {
    const refusal = (kind: string, apiVersion: string) =>
      verdict(ask(anApiServer(), 'list', { kind, apiVersion }, { options: { fieldSelector: 'spec.colour=red' } }));
    assert.equal(refusal('Service', 'v1'), '400 field label not supported: spec.colour');
    assert.equal(refusal('VirtualMachine', 'vmoperator.vmware.com/v1alpha6'), '400 field label not supported: spec.colour');
    assert.equal(refusal('ConfigMap', 'v1'), '400 "spec.colour" is not a known field selector: only "metadata.name", "metadata.namespace"');
    assert.equal(verdict(list(anApiServer(), { fieldSelector: 'colour' })), "400 invalid selector: 'colour'; can't understand 'colour'");
  });
});

test('Events of events.k8s.io are the core Events under other names', () => {
  const server = anApiServer();
  const regarding = { kind: 'Service', name: 'web' };
  const body = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'a' },
    regarding,
    note: 'it changed',
    reason: 'Changed',
    type: 'Normal',
    reportingController: 'vmsvc',
  };
  assert.equal(ask(server, 'create', { apiVersion: 'events.k8s.io/v1', kind: 'Event' }, { body }).code, 201);
  const core = ask(server, 'get', { kind: 'Event', name: 'a' }).body;
  assert.deepEqual([core.involvedObject, core.message, core.reportingComponent], [regarding, 'it changed', 'vmsvc']);
  const other = ask(server, 'get', { apiVersion: 'events.k8s.io/v1', kind: 'Event', name: 'a' }).body;
  assert.deepEqual(
    [other.apiVersion, other.regarding, other.note, other.reportingController],
    ['events.k8s.io/v1', regarding, 'it changed', 'vmsvc'],
  );
});
