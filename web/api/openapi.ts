/** The API's description, OpenAPI 3.1, made from the schemas that validate. */
import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import {
  AcceptedMessage,
  AddressOnly,
  InvitedAgain,
  MessageState,
  NewMessage,
  Problem,
  Recipient,
} from './schemas.ts';

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
      '/api/v1/recipients/search': {
        post: {
          operationId: 'findRecipient',
          summary: 'Find a person by address',
          description: 'A POST, so that no address is in a URL.',
          requestBody: { content: { 'application/json': { schema: AddressOnly } }, required: true },
          responses: { 200: json(Recipient, 'The person'), 422: problem('No plain address'), ...refused },
        },
      },
      '/api/v1/recipients/{id}/invitation': {
        post: {
          operationId: 'inviteAgain',
          summary: 'Send the invitation again',
          description:
            'At most once in five minutes. Starts an expired or cancelled one again, with everything kept.',
          requestParams: { path: byId },
          responses: {
            202: json(InvitedAgain, 'It will be sent'),
            409: problem('The person has finished'),
            ...refused,
          },
        },
      },
      '/api/v1/recipients/{id}': {
        patch: {
          operationId: 'correctAddress',
          summary: "Correct the address of somebody who has not finished, for the caller's own messages",
          description:
            'Whatever was done, set up or sent under the old address is void; a new invitation goes to the new one. The id is another one when the new address was known, or when others write to the old one, too.',
          requestParams: { path: byId },
          requestBody: { content: { 'application/json': { schema: AddressOnly } }, required: true },
          responses: {
            200: json(Recipient, 'The person at the new address'),
            409: problem('The person has finished'),
            422: problem('No plain address'),
            ...refused,
          },
        },
        delete: {
          operationId: 'endRelation',
          summary: "End the relation with the person and delete the caller's messages",
          description: 'With the last relation the person is erased.',
          requestParams: { path: byId },
          responses: { 204: { description: 'Done' }, ...refused },
        },
        get: {
          operationId: 'getRecipient',
          summary: 'How far a person is',
          requestParams: { path: byId },
          responses: { 200: json(Recipient, 'The person'), ...refused },
        },
      },
    },
  });
