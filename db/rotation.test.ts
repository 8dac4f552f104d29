/** A new key in front of SECRET_KEYS while people are half-way: nobody notices, in either kind of process. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newMessage, someAddress, somebody } from '../test/kit/message.ts';
import { createWorld, type World } from '../test/kit/testEnvironment.ts';
import { smsRules } from '../web/smsRules.ts';
import { addAppSecret, appSecret } from './appFactor.ts';
import { connect, type Db, disconnect, transaction } from './connect.ts';
import { invitationFor, invitationOfToken } from './invitations.ts';
import { acceptMessage, newestMessage } from './messages.ts';
import { findPersonByEmail } from './people.ts';
import { addSmsCode, checkSmsCode, smsCode } from './smsCodes.ts';
import { isTemporaryPassword, temporaryPasswordFor } from './temporaryPasswords.ts';

let world: World;
/** A process that was started with the new key. */
let rotated: Db;
beforeAll(async () => {
  world = await createWorld({ worker: false });
  const { DATABASE_URL: url, SECRET_KEYS } = world.config;
  rotated = connect({ url, secretKeys: [{ id: 'k2', key: randomBytes(32) }, ...SECRET_KEYS] });
});
afterAll(async () => {
  await disconnect(rotated);
  await world.close();
});

it('links and temporary passwords of old mails work', async () => {
  const { onboarding } = await somebody(world);
  const invitation = await invitationFor(world.db, {
    onboardingId: onboarding.id,
    clientId: world.clientId,
    kind: 'invitation',
    sendKey: 'one',
  });
  const token = world.db.secrets.linkToken(invitation);
  const password = await temporaryPasswordFor(world.db, onboarding.id);
  expect(await invitationOfToken(rotated, token)).toMatchObject({ id: invitation.id });
  expect(await isTemporaryPassword(rotated, onboarding, password)).toBe(true);
  expect(await temporaryPasswordFor(rotated, onboarding.id)).toBe(password);
});

it('a mail that is repeated after the rotation has the identical link', async () => {
  const { onboarding } = await somebody(world);
  const send = {
    onboardingId: onboarding.id,
    clientId: world.clientId,
    kind: 'invitation',
    sendKey: 'one',
  } as const;
  const before = world.db.secrets.linkToken(await invitationFor(world.db, send));
  expect(rotated.secrets.linkToken(await invitationFor(rotated, send))).toBe(before);
});

it('a code on its way, and the authenticator’s key, count', async () => {
  const { personId } = await somebody(world);
  const rules = smsRules(world.config);
  const asking = { personId, purpose: 'enrol', challenge: personId } as const;
  const asked = { ...asking, phone: '+31612345678', rules };
  const added = await transaction(world.db, (tx) => addSmsCode(tx, asked));
  if ('refused' in added) throw new Error(added.refused);
  const typed = world.db.secrets.smsCode((await smsCode(world.db, added.id, rules.ttlMs))!);
  const checked = await transaction(rotated, (tx) => checkSmsCode(tx, { ...asking, typed, rules }));
  expect(checked).toEqual({ verdict: 'right', phone: '+31612345678' });
  await transaction(world.db, (tx) => addAppSecret(tx, personId));
  expect(await appSecret(rotated, personId)).toBe(await appSecret(world.db, personId));
});

it('a person is found, and is the same one for a message that comes after it, whichever process takes it', async () => {
  const email = someAddress();
  const accept = (db: Db) =>
    acceptMessage(db, newMessage(world.clientId, { email }), ({ personId }) => ({ personId }));
  const [before, after, old] = [await accept(world.db), await accept(rotated), await accept(world.db)];
  expect(after).toEqual(before);
  expect(old).toEqual(before);
  expect((await findPersonByEmail(rotated, email))?.email).toBe(email);
});

it('somebody who is new after the rotation is found by a process that does not know the new key yet', async () => {
  const email = someAddress();
  await acceptMessage(rotated, newMessage(world.clientId, { email }), () => ({}));
  const index = world.db.secrets.emailIndexes(email)[0];
  expect(await world.db.sql('person').where({ emailIndex: index }).first('id')).toBeDefined();
});

it('the same call is the same one before and after', async () => {
  const message = newMessage(world.clientId);
  const accept = (db: Db) => acceptMessage(db, message, ({ messageId }) => ({ messageId }));
  expect(await accept(rotated)).toEqual(await accept(world.db));
});

it('an old message is read', async () => {
  const { personId } = await somebody(world);
  const read = await newestMessage(rotated, { personId, clientId: world.clientId });
  expect(read?.body).toBe('Beste collega, dit is vertrouwelijk.');
});
