/**
 * Converts histories to and from the JSON that Temporal's UI and command line use. The SDK's own functions fail when
 * npm installed several copies of protobufjs ("type must be a Type"): this uses the copy that defined the types.
 */
import { createRequire } from 'node:module';
import type { WorkflowHandle } from '@temporalio/client';

export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

type Codec = {
  toJson: (type: unknown, message: History) => unknown;
  fromJson: (type: unknown, json: unknown, options: { ignoreUnknownFields: boolean }) => History;
};

const ofWorker = createRequire(import.meta.resolve('@temporalio/worker'));
const { patchProtobufRoot } = ofWorker('@temporalio/proto/lib/patch-protobuf-root');
const type = patchProtobufRoot(ofWorker('@temporalio/proto')).lookupType('temporal.api.history.v1.History');
const codec: Codec = createRequire(ofWorker.resolve('@temporalio/proto'))('protobufjs/ext/protojson');

/** A plain object for JSON.stringify. */
export const historyToJson = (history: History): unknown => codec.toJson(type, type.fromObject(history));

/** Converts parsed JSON for `Worker.runReplayHistories`. Throws when it is not a history. */
export const historyFromJson = (json: unknown): History =>
  codec.fromJson(type, json, { ignoreUnknownFields: true });
