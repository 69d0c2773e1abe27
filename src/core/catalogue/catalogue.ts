import type { FindingCode } from '../finding-codes.ts';
import type { Article } from './article.ts';
import { childService } from './child-service.ts';
import { endpoints } from './endpoints.ts';
import { environment } from './environment.ts';
import { loadBalancer } from './load-balancer.ts';
import { mirrors } from './mirrors.ts';
import { reachability } from './reachability.ts';
import { selection } from './selection.ts';
import { specAndAdmission } from './spec-and-admission.ts';
import { vmAddressAndReadiness } from './vm-address-and-readiness.ts';

/**
 * What every code means: what `explain` prints, docs/findings.md holds, and the help of SARIF's rules is made of. Whoever adds a
 * code to finding-codes.ts writes its article in the file of its family; without one this does not compile.
 *
 * Beware: it is large, and few runs need it. Import it dynamically.
 */
export const catalogue: Readonly<Record<FindingCode, Article>> = {
  ...specAndAdmission,
  ...selection,
  ...vmAddressAndReadiness,
  ...childService,
  ...endpoints,
  ...loadBalancer,
  ...reachability,
  ...mirrors,
  ...environment,
};
