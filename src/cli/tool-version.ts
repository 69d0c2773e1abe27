import manifest from '../../package.json' with { type: 'json' };

/** This tool's version, as in the package. */
export const toolVersion: string = manifest.version;

/** What servers are told of who asks them. */
export const userAgent = `kubectl-vmsvc/${toolVersion}`;
