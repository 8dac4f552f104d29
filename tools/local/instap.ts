/** `npm run instap -- …`: the command line, with the settings of the running `npm start` unless they are given. */
import { existsSync } from 'node:fs';
import { EX_CONFIG } from '../../processes/starting.ts';
import { kept } from './folder.ts';
import { running } from './lock.ts';

const start = running();
if (!process.env.DATABASE_URL && start) {
  if (!start.publicUrl || !existsSync(kept('env'))) {
    console.error('npm start is not ready yet: try again in a moment');
    process.exit(1);
  }
  process.loadEnvFile(kept('env'));
}
process.on('exit', (code) => {
  if (code === EX_CONFIG && !start) console.error('Or start the service here, with npm start.');
});
await import('../../cli/instap.ts');
