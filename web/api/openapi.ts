/** The API's description, OpenAPI 3.1, made from the schemas that validate. */
import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import { AcceptedMessage, MessageState, NewMessage, Problem, Recipient } from './schemas.ts';

const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});
const byId = z.object({ id: z.uuid() });
const refused = { 401: problem('No key that works'), 404: problem('Not known to this client') };

export const openApi = (publicUrl: URL) =>
  createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Instap',
      version: '1',
      description:
        'Send a confidential message to somebody who may never have logged in. Instap takes the person from the invitation to reading it.',
    },
    servers: [{ url: publicUrl.origin }],
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths: {
      '/api/v1/messages': {
        post: {
          operationId: 'sendMessage',
          summary: 'Send a message',
          description: '202 is given once everything is in the database; nothing is lost from then on.',
          requestParams: {
            header: z.object({
              'Idempotency-Key': z
                .string()
                .min(1)
                .max(200)
                .meta({ description: 'The same key and body again: the same answer, one message' }),
            }),
          },
          requestBody: { content: { 'application/json': { schema: NewMessage } }, required: true },
          responses: {
            202: json(AcceptedMessage, 'Accepted'),
            400: problem('No Idempotency-Key, or no JSON'),
            401: refused[401],
            422: problem('Something in the message is wrong, or the key was used for another message'),
          },
        },
      },
      '/api/v1/messages/{id}': {
        get: {
          operationId: 'getMessage',
          summary: 'How far a message is',
          requestParams: { path: byId },
          responses: { 200: json(MessageState, 'Its state'), ...refused },
        },
      },
      '/api/v1/recipients/{id}': {
        get: {
          operationId: 'getRecipient',
          summary: 'How far a person is',
          requestParams: { path: byId },
          responses: { 200: json(Recipient, 'The person'), ...refused },
        },
      },
    },
  });
