/** A new key in front of SECRET_KEYS during onboardings: nobody notices, in web or worker. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askedCode } from '../test/kit/askedCode.ts';
import { temporaryPasswordFor } from '../test/kit/mailedPassword.ts';
import { newMessage, someAddress, somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { smsRules } from '../web/smsRules.ts';
import { addAppSecret, appSecret } from './appFactor.ts';
import { connect, type Db, disconnect, transaction } from './connect.ts';
import { invitationFor, linkOfToken } from './invitations.ts';
import { acceptMessage, newestMessagesTo } from './messages.ts';
import { findPersonByEmail, person } from './people.ts';
import { checkSmsCode } from './smsCodes.ts';
import { isTemporaryPassword } from './temporaryPasswords.ts';

let testEnv: TestEnvironment;
/** A process that was started with the new key. */
let rotated: Db;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  const { DATABASE_URL: url, SECRET_KEYS } = testEnv.config;
  rotated = connect({ url, secretKeys: [{ id: 'k2', key: randomBytes(32) }, ...SECRET_KEYS] });
});
afterAll(async () => {
  await disconnect(rotated);
  await testEnv.close();
});

it('links and temporary passwords of old mails work', async () => {
  const { onboarding } = await somebody(testEnv);
  const invitation = await invitationFor(testEnv.db, {
    onboardingId: onboarding.id,
    clientId: testEnv.clientId,
    kind: 'invitation',
    sendKey: 'one',
  });
  const token = testEnv.db.secrets.linkToken(invitation);
  const password = (await temporaryPasswordFor(testEnv.db, onboarding.id))!;
  const link = await linkOfToken(rotated, { token, expireAfter: testEnv.config.EXPIRE_AFTER });
  expect(link).toMatchObject({ invitation: { id: invitation.id }, isOver: false });
  expect(await isTemporaryPassword(rotated, onboarding, password)).toBe(true);
  expect(await temporaryPasswordFor(rotated, onboarding.id)).toBe(password);
});

it('a mail that is repeated after the rotation has the identical link', async () => {
  const { onboarding } = await somebody(testEnv);
  const send = {
    onboardingId: onboarding.id,
    clientId: testEnv.clientId,
    kind: 'invitation',
    sendKey: 'one',
  } as const;
  const before = testEnv.db.secrets.linkToken(await invitationFor(testEnv.db, send));
  expect(rotated.secrets.linkToken(await invitationFor(rotated, send))).toBe(before);
});

it('a code on its way, and the authenticator’s key, count', async () => {
  const { personId } = await somebody(testEnv);
  const rules = smsRules(testEnv.config);
  const asking = { personId, purpose: 'enrol', challenge: personId } as const;
  const id = await askedCode(testEnv, { ...asking, phone: '+31612345678' });
  const typed = testEnv.db.secrets.smsCode((await testEnv.db.sql('sms_code').where({ id }).first())!);
  const checked = await transaction(rotated, (tx) => checkSmsCode(tx, { ...asking, typed, rules }));
  expect(checked).toMatchObject({ verdict: 'right', phone: '+31612345678' });
  const anna = await person(testEnv.db, personId);
  await addAppSecret(testEnv.db, anna);
  expect(await appSecret(rotated, anna)).toBe(await appSecret(testEnv.db, anna));
});

it('a person is found, and is the same one for a message that comes after it, whichever process takes it', async () => {
  const email = someAddress();
  const accept = (db: Db) =>
    acceptMessage(db, newMessage(testEnv.clientId, { email }), ({ personId }) => ({ personId }));
  const [before, after, old] = [await accept(testEnv.db), await accept(rotated), await accept(testEnv.db)];
  expect(after).toEqual(before);
  expect(old).toEqual(before);
  expect((await findPersonByEmail(rotated, email))?.email).toBe(email);
});

it('somebody who is new after the rotation is found by a process that does not know the new key yet', async () => {
  const email = someAddress();
  await acceptMessage(rotated, newMessage(testEnv.clientId, { email }), () => ({}));
  const index = testEnv.db.secrets.emailIndexes(email)[0];
  expect(await testEnv.db.sql('person').where({ emailIndex: index }).first('id')).toBeDefined();
});

it('the same call is the same one before and after', async () => {
  const message = newMessage(testEnv.clientId);
  const accept = (db: Db) => acceptMessage(db, message, ({ messageId }) => ({ messageId }));
  expect(await accept(rotated)).toEqual(await accept(testEnv.db));
});

it('an old message is read', async () => {
  const { personId } = await somebody(testEnv);
  const [read] = await newestMessagesTo(rotated, personId, 1);
  expect(read?.body).toBe('Beste collega, dit is vertrouwelijk.');
});
