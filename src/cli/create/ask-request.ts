import { type DraftType, draftTypes } from '../../core/create/draft.ts';
import { probedPorts } from '../../core/create/probe-ports.ts';
import { portClashes, type WholePort, wholePorts } from '../../core/port-names.ts';
import { parsePort, portNotation } from '../../core/port-notation.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { vmNames } from '../../render/selection-preview.ts';
import { type Answer, askOne, askText, type Terminal } from '../prompt.ts';
import { askSelection } from './ask-selection.ts';
import { serviceNameProblem } from './create-names.ts';
import type { CreateRequest } from './create-request.ts';
import { isWhole, type WholeRequest } from './derive-plan.ts';
import { type Surroundings, takenName } from './surroundings.ts';

/** Asks for everything that a request lacks: name, VMs or labels, ports, type. Import this file dynamically: it loads inquirer. */
export async function askRequest(typed: CreateRequest, around: Surroundings, terminal: Terminal): Promise<Answer<WholeRequest>> {
  let request = typed;
  for (const ask of [askName, askSelection, askPorts, askType]) {
    const asked = await ask(request, around, terminal);
    if ('ended' in asked) return asked;
    request = asked.answer;
  }
  if (!isWhole(request)) throw new Error('everything was asked for, and something is missing');
  return { answer: request };
}

async function askName(request: CreateRequest, around: Surroundings, terminal: Terminal): Promise<Answer<CreateRequest>> {
  if (request.name !== undefined) return { answer: request };
  const asked = await askText('What is it to be called?', terminal, {
    problemOf: (name) => serviceNameProblem(name) ?? takenName(name, around),
  });
  return 'ended' in asked ? asked : { answer: { ...request, name: asked.answer } };
}

/** What listens behind a readiness probe is what is to be reached: that is the suggestion. */
async function askPorts(request: CreateRequest, { world, namespace }: Surroundings, terminal: Terminal): Promise<Answer<CreateRequest>> {
  if (request.ports.length > 0 || request.extras.clusterIP === 'None') return { answer: request };
  const probed = probedPorts(vmsOf(request, namespace, world));
  const [first] = probed;
  const why = first === undefined ? '' : ` (${vmNames(first.vms, ', ')}: probed on ${first.port.targetPort})`;
  const asked = await askText(`Which ports? [NAME=]PORT[:TARGET][/PROTO], several with commas${why}`, terminal, {
    ...(first !== undefined && { suggestion: probed.map(({ port }) => portNotation(port)).join(',') }),
    problemOf: (text) => readPorts(text).problem,
  });
  return 'ended' in asked ? asked : { answer: { ...request, ports: readPorts(asked.answer).ports } };
}

function vmsOf({ selector, from }: CreateRequest, namespace: string, { vms }: Surroundings['world']): readonly VirtualMachine[] {
  if ('unavailable' in vms) return [];
  if (selector !== undefined) return vms.index.select(namespace, selector);
  return vms.index.inNamespace(namespace).filter(({ metadata }) => from?.names.includes(metadata.name) === true);
}

function readPorts(text: string): { readonly ports: readonly WholePort[]; readonly problem: string | undefined } {
  const parsed = text.split(',').map(parsePort);
  const ports = wholePorts(parsed.flatMap((one) => ('port' in one ? [one.port] : [])));
  const [problem] = [...parsed.flatMap((one) => ('problem' in one ? [one.problem] : [])), ...portClashes(ports)];
  return { ports, problem };
}

async function askType(request: CreateRequest, _around: Surroundings, terminal: Terminal): Promise<Answer<CreateRequest>> {
  if (request.type !== undefined) return { answer: request };
  const choices = draftTypes
    .filter((type) => !(type === 'LoadBalancer' && request.extras.clusterIP === 'None'))
    .map((type) => ({ value: type, text: `${type.padEnd(14)}${typeSentences[type]}`, short: type }));
  const asked = await askOne<DraftType>('Which type? It cannot be changed later.', terminal, choices);
  return 'ended' in asked ? asked : { answer: { ...request, type: asked.answer } };
}

/** What each type means on a Supervisor. */
const typeSentences: Readonly<Record<DraftType, string>> = {
  LoadBalancer: 'an address from the load balancer, which clients outside can reach',
  ClusterIP: 'an address inside the Supervisor only, which its Pods can reach',
};
