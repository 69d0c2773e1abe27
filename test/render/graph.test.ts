import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Graph, renderDot, renderMermaid } from '../../src/render/graph.ts';
import { sanitize } from '../../src/render/sanitize.ts';

const trace: Graph = {
  nodes: [
    { id: 'vip', label: 'VIP 10.20.0.15', state: 'ok' },
    { id: 'service', label: 'Service web', state: 'neutral' },
    { id: 'vm/web-3', label: 'web-3 10.1.0.13 NOT READY', state: 'warn' },
    { id: 'vm/web-4', label: 'web-4 OUT', state: 'bad' },
  ],
  edges: [
    { from: 'vip', to: 'service', style: 'solid' },
    { from: 'service', to: 'vm/web-3', style: 'dotted' },
    { from: 'service', to: 'vm/web-4', style: 'cut', label: 'out' },
  ],
};

test('a trace as a Mermaid flowchart', () => {
  assert.deepEqual(renderMermaid(trace).split('\n'), [
    'flowchart LR',
    '  n0["VIP 10.20.0.15"]:::ok',
    '  n1["Service web"]',
    '  n2["web-3 10.1.0.13 NOT READY"]:::warn',
    '  n3["web-4 OUT"]:::bad',
    '  n0 --> n1',
    '  n1 -.-> n2',
    '  n1 -.-|"out"| n3',
    '  classDef ok stroke:#2da44e',
    '  classDef warn stroke:#bf8700',
    '  classDef bad stroke:#cf222e',
    '',
  ]);
});

test("a trace in Graphviz' language", () => {
  assert.deepEqual(renderDot(trace).split('\n'), [
    'digraph trace {',
    '  rankdir=LR;',
    '  node [shape=box];',
    '  n0 [label="VIP 10.20.0.15", color="#2da44e"];',
    '  n1 [label="Service web"];',
    '  n2 [label="web-3 10.1.0.13 NOT READY", color="#bf8700"];',
    '  n3 [label="web-4 OUT", color="#cf222e"];',
    '  n0 -> n1;',
    '  n1 -> n2 [style=dotted];',
    '  n1 -> n3 [style=dotted, dir=none, label="out"];',
    '}',
    '',
  ]);
});

test('labels that try to be something else stay labels', () => {
  const graph: Graph = { nodes: [{ id: 'x', label: 'a"]; click n0 "javascript:x" <b>&amp;\\n`#35;\nend', state: 'neutral' }], edges: [] };
  assert.equal(
    renderMermaid(graph).split('\n')[1],
    '  n0["a#34;#93;; click n0 #34;javascript:x#34; #60;b#62;#38;amp;#92;n#96;#35;35;#92;nend"]',
  );
  assert.equal(renderDot(graph).split('\n')[3], '  n0 [label="a\\"]; click n0 \\"javascript:x\\" <b>&amp;amp;\\\\n`#35;\\\\nend"];');
});

test('an edge to a node that is not there is a bug, and says so', () => {
  assert.throws(() => renderDot({ nodes: [], edges: [{ from: 'a', to: 'b', style: 'solid' }] }), /names "a", which is no node/);
});

test('R094: every label reads back as it was, and nothing in it becomes syntax', () => {
  const label = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'"\\&#;[]|`<>\n%{}ab') }),
  );
  fc.assert(
    fc.property(label, (text) => {
      const graph: Graph = {
        nodes: [{ id: text, label: text, state: 'neutral' }],
        edges: [{ from: text, to: text, style: 'solid', label: text }],
      };
      const mermaid = renderMermaid(graph).split('\n');
      assert.equal(mermaid.length, 4);
      for (const quoted of [/^ {2}n0\["([^"]*)"\]$/.exec(mermaid[1] ?? ''), /^ {2}n0 -->\|"([^"]*)"\| n0$/.exec(mermaid[2] ?? '')]) {
        assert.equal(
          quoted?.[1]?.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
          sanitize(text),
        );
      }
      const dot = renderDot(graph).split('\n');
      assert.equal(dot.length, 7);
      for (const quoted of [
        /^ {2}n0 \[label="((?:[^"\\]|\\.)*)"\];$/u.exec(dot[3] ?? ''),
        /^ {2}n0 -> n0 \[label="((?:[^"\\]|\\.)*)"\];$/u.exec(dot[4] ?? ''),
      ]) {
        assert.equal(quoted?.[1]?.replace(/\\(.)/g, '$1').replaceAll('&amp;', '&'), sanitize(text));
      }
    }),
  );
});
