import { type Finding, type FindingLocation, objectText, reasonOf } from '../core/finding.ts';
import { sanitize } from './sanitize.ts';

/** `deploy/web.yaml:5:1: error VMS101 RequiredFieldMissing: spec.type: Required value`; of a cluster's object its name in front. */
export function findingLine(finding: Finding): string {
  const { code, severity, confidence, message, location } = finding;
  const place = location === undefined ? objectPlace(finding) : placeText(location);
  const level = confidence === 'certain' ? severity : `${severity} (${confidence})`;
  return `${sanitize(place)}: ${level} ${code} ${reasonOf(finding)}: ${sanitize(message)}`;
}

/** As editors and `grep -n` write it. */
function placeText({ file, line, column }: FindingLocation): string {
  return `${file}:${line}:${column}`;
}

function objectPlace(finding: Finding): string {
  const { namespace } = finding.object;
  return namespace === undefined ? objectText(finding) : `${namespace}/${objectText(finding)}`;
}
