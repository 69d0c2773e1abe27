import { serviceChange, serviceToCreate } from '../../core/diagnosis/planned-service.ts';
import type { ServiceSubject } from '../../core/diagnosis/subject.ts';
import type { Finding } from '../../core/finding.ts';
import { disagreement, type ServerVerdict } from '../../core/validation/live-change.ts';
import { at, type Complaint } from '../../core/validation/refusal.ts';
import type { Service } from '../../model/service.ts';
import type { Asking } from './ask-server.ts';

/** What the server's answers add: that the webhook is down, that it disagrees, and what it says of the Service. */
export async function serverComplaints(
  server: ServerVerdict,
  door: readonly Finding[],
  found: readonly Finding[],
  subject: ServiceSubject | undefined,
  asking: Asking,
): Promise<readonly Complaint[]> {
  const outage = outageOf(server);
  if (outage !== undefined) return [outage];
  const different = disagreement(server, door);
  const complaints = different === undefined ? [] : [disagrees(different)];
  if (server.outcome === 'refused' || door.length > 0 || subject === undefined) return complaints;
  const change = serviceChange(subject);
  const missing = change === undefined && subject.trace.service.state === 'Missing' ? serviceToCreate(subject) : undefined;
  const child = missing === undefined ? undefined : await asking.service(withOwner(missing), undefined);
  const foreseen = found.filter(({ severity, message }) => severity === 'error' && message.includes('Service would be refused'));
  const refused = child === undefined ? undefined : serviceComplaint(child, foreseen);
  if (child?.outcome === 'accepted' && foreseen.length > 0) {
    return [
      ...complaints,
      disagrees(
        `the server accepts the Service, though ${foreseen.map(({ code }) => code).join(', ')} says that it would not: a bug of this tool`,
      ),
    ];
  }
  return refused === undefined ? complaints : [...complaints, refused];
}

/** An object that is not there yet has no uid: any will do for a try. */
function withOwner(service: Service): Service {
  const owners = service.metadata.ownerReferences?.map((owner) => (owner.uid === '' ? { ...owner, uid: noUid } : owner));
  return { ...service, metadata: { ...service.metadata, ...(owners !== undefined && { ownerReferences: owners }) } };
}

const noUid = '00000000-0000-0000-0000-000000000000';

function disagrees(message: string): Complaint {
  return { code: 'VMS126', severity: 'warning', field: 'metadata.name', at: at(['metadata', 'name']), message };
}

/** A webhook that does not answer refuses everything, which says nothing about the object. */
function outageOf(verdict: ServerVerdict): Complaint | undefined {
  if (verdict.outcome !== 'refused' || !/failed calling webhook/.test(verdict.message)) return undefined;
  return {
    code: 'VMS113',
    field: 'metadata.name',
    at: at(['metadata', 'name']),
    message: `the admission webhook does not answer, so every write is refused: ${verdict.message}`,
    fix: 'wait a minute and try again, in case it is an upgrade; then ask the owner of the platform',
  };
}

/** What the server said of the Service, where nobody foresaw it. */
function serviceComplaint(verdict: ServerVerdict, foreseen: readonly Finding[]): Complaint | undefined {
  if (verdict.outcome !== 'refused' || foreseen.length > 0) return undefined;
  return {
    code: /exceeded quota/.test(verdict.message) ? 'VMS606' : 'VMS123',
    field: 'spec',
    at: at(['spec'], 'key'),
    message: `the Service would be refused: ${verdict.message}`,
    why: 'the server was asked to try it',
  };
}
