import type { ApiGroup, Cluster } from '../cluster/cluster.ts';

export type Origin =
  | { readonly type: 'cluster'; readonly context: string; readonly user: string; readonly server: string }
  | {
      readonly type: 'files';
      readonly files: readonly string[];
      /** The one file is what somebody took of a cluster; otherwise files have no time and no place. */
      readonly bundle?: BundleOrigin;
    };

export interface BundleOrigin {
  readonly takenAt: Date;
  /** Of the machine that it was taken on, at that moment. */
  readonly localTime: Date;
  readonly context: string;
}

/** What a live or an offline cluster brings along before VM Operator's group was looked at. */
export interface OpenCluster {
  readonly cluster: Cluster;
  readonly origin: Origin;
  /** How many warnings the server has sent so far. */
  warnings(): number;
  readonly namespace: string;
  /** Those of the kubeconfig's contexts of this cluster. */
  readonly contextNamespaces?: readonly string[];
  /** VM Operator's group as it was when kubectl last looked. */
  readonly remembered?: ApiGroup | undefined;
}
