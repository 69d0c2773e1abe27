import { sanitize } from './sanitize.ts';

export type GraphState = 'ok' | 'warn' | 'bad' | 'unknown' | 'neutral';

export interface GraphNode {
  /** Only to be named by edges: it is never printed. */
  readonly id: string;
  /** Any text; its state stands in it as a word. */
  readonly label: string;
  readonly state: GraphState;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `solid`: traffic flows. `dotted`: it would. `cut`: belongs there, and gets none; no arrow. */
  readonly style: 'solid' | 'dotted' | 'cut';
  readonly label?: string;
}

/** What a trace looks like from above, left to right. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** A Mermaid flowchart, for tickets and wikis. */
export function renderMermaid(graph: Graph): string {
  const idOf = ids(graph);
  const used = new Set(graph.nodes.map(({ state }) => state));
  return lines(
    'flowchart LR',
    ...graph.nodes.map(({ id, label, state }) => `  ${idOf(id)}["${mermaidText(label)}"]${state === 'neutral' ? '' : `:::${state}`}`),
    ...graph.edges.map(({ from, to, style, label }) => {
      const text = label === undefined ? '' : `|"${mermaidText(label)}"|`;
      return `  ${idOf(from)} ${mermaidArrows[style]}${text} ${idOf(to)}`;
    }),
    ...colours.filter(([state]) => used.has(state)).map(([state, colour]) => `  classDef ${state} stroke:${colour}`),
  );
}

/** Graphviz' language, for `dot -Tsvg`. */
export function renderDot(graph: Graph): string {
  const idOf = ids(graph);
  const colourOf = new Map<GraphState, string>(colours);
  return lines(
    'digraph trace {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...graph.nodes.map(({ id, label, state }) => {
      const colour = colourOf.get(state);
      return `  ${idOf(id)} [label="${dotText(label)}"${colour === undefined ? '' : `, color="${colour}"`}];`;
    }),
    ...graph.edges.map(({ from, to, style, label }) => {
      const attributes = [...dotEdges[style], ...(label === undefined ? [] : [`label="${dotText(label)}"`])];
      return `  ${idOf(from)} -> ${idOf(to)}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`};`;
    }),
    '}',
  );
}

const mermaidArrows = { solid: '-->', dotted: '-.->', cut: '-.-' } as const;

const dotEdges = { solid: [], dotted: ['style=dotted'], cut: ['style=dotted', 'dir=none'] } as const;

const colours: readonly (readonly [GraphState, string])[] = [
  ['ok', '#2da44e'],
  ['warn', '#bf8700'],
  ['bad', '#cf222e'],
  ['unknown', '#8250df'],
];

/** In Mermaid's quotes whatever is not plain becomes the code of its character: a backslash or a backtick means something there too. */
function mermaidText(text: string): string {
  return sanitize(text).replace(/[^\p{L}\p{N} .,:;/()=+_-]/gu, (character) => `#${character.codePointAt(0)};`);
}

/** In Graphviz' labels a backslash starts an escape and an ampersand an entity. */
function dotText(text: string): string {
  return sanitize(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;');
}

/**
 * Names for the nodes that mean nothing in either language, whatever their ids are made of.
 * @returns a function that throws Error for an id that no node has.
 */
function ids(graph: Graph): (id: string) => string {
  const names = new Map(graph.nodes.map(({ id }, at) => [id, `n${at}`]));
  return (id) => {
    const name = names.get(id);
    if (name === undefined) throw new Error(`an edge of the graph names ${JSON.stringify(id)}, which is no node: this cannot happen`);
    return name;
  };
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
