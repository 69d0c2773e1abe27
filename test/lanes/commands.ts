import { importTests } from '../support/lane.ts';
import { filesOfCommands } from './files-of-commands.ts';

await importTests(filesOfCommands);
