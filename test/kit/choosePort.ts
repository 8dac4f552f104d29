/** Chooses a port as `npm start` does, says it, and lives on without listening there. */
import { freePort } from '../../tools/local/ports.ts';

console.log(await freePort(Number(process.argv[2])));
setInterval(() => undefined, 60_000);
