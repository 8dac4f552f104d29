/** The worker of the floor. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { createFloorActivities } from './activities.ts';
import { TASK_QUEUE } from './drive.ts';

const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! });
const worker = await Worker.create({
  connection,
  taskQueue: TASK_QUEUE,
  workflowBundle: { codePath: process.env.FLOOR_BUNDLE! },
  activities: createFloorActivities(process.env),
  maxCachedWorkflows: 200,
  maxConcurrentWorkflowTaskPolls: 5,
  maxConcurrentActivityTaskPolls: 5,
});
process.once('SIGTERM', () => worker.shutdown());
console.log('floor ready');
await worker.run();
await connection.close();
process.exit();
