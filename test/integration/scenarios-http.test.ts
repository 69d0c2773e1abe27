import { globSync } from 'node:fs';
import { after } from 'node:test';
import { leaveStages, playOn } from '../support/stage-grounds.ts';

// The scenarios of the specification once more, every request of which goes through HTTP and TLS.
playOn('http');
after(leaveStages);
for (const file of globSync('../core/spec-*.test.ts', { cwd: import.meta.dirname }).sort()) await import(file);
