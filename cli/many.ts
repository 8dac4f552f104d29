/** Operations on many people at once: the Temporal UI can cancel and terminate many, but signal only one. */
import { randomUUID } from 'node:crypto';
import { isGrpcServiceError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { filters } from '../workflows/filters.ts';
import { type OrderInput, sendInvitation } from '../workflows/signals.ts';
import { type Command, INVALID_ARGUMENT, refuse, type Tools } from './command.ts';

/** Running onboardings that match `filter`: the name of a ready-made one, or the operator's own query. */
function queryOf(filter: string, { config }: Tools): string {
  const ready = filters(new Date(), config.TIME_ZONE, config.DAY_LASTS).find(({ name }) => name === filter);
  const onTheWay = `WorkflowType = 'onboarding' AND ExecutionStatus = 'Running'`;
  return `(${ready?.query ?? filter}) AND ${onTheWay} AND TaskQueue = '${config.TEMPORAL_TASK_QUEUE}'`;
}

async function inviteAll(tools: Tools, filter: string): Promise<void> {
  const { connection, workflow } = await tools.engine();
  const { namespace } = tools.config.temporal;
  const visibilityQuery = queryOf(filter, tools);
  const found = await workflow.count(visibilityQuery).catch((error: Error) => {
    if (isGrpcServiceError(error.cause) && error.cause.code === INVALID_ARGUMENT) return undefined;
    throw error;
  });
  if (!found) {
    const names = filters(new Date(), tools.config.TIME_ZONE).map(({ name }) => `"${name}"`);
    return refuse(`Temporal does not understand this filter. Ready-made ones: ${names.join(', ')}`);
  }
  if (found.count === 0) return console.log('nobody matches this filter');
  const reason = `invite-all ${filter}`;
  const order: OrderInput = { by: 'command-line', reason: 'other' };
  const jobId = randomUUID();
  await connection.workflowService.startBatchOperation({
    namespace,
    jobId,
    visibilityQuery,
    reason,
    signalOperation: {
      signal: sendInvitation.name,
      input: { payloads: [defaultPayloadConverter.toPayload(order)!] },
    },
  });
  console.log(`sending the invitation again to ${found.count}. Progress: batch ${jobId} in the Temporal UI`);
}

export const MANY_COMMANDS: Command[] = [
  {
    words: 'invite-all FILTER',
    does: 'send the invitation again to everybody who matches a filter, such as "mail undeliverable"',
    run: inviteAll,
  },
];
