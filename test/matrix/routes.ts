/** Every POST of the pages, with valid input. */

import { tokenOf } from '../../tools/tryout/authenticator.ts';
import { type Fields, fieldsOf } from '../kit/pages.ts';
import type { Somebody } from './states.ts';

const NEW_PASSWORD = 'zes groene bussen 77';
/** Six arbitrary digits, for somebody without a key. */
const NO_TOKEN = '123456';

type Post = {
  route: string;
  path?: (anna: Somebody) => string;
  fields?: (anna: Somebody) => Fields;
};

const password = () => fieldsOf.ownPassword();
const chosen = () => fieldsOf.newPassword(NEW_PASSWORD);
const signInCode = ({ codes }: Somebody) => fieldsOf.smsCode(codes['sign-in']);
const token = ({ appKey }: Somebody) => (appKey ? tokenOf(appKey) : NO_TOKEN);
const signInToken = (anna: Somebody) => fieldsOf.token(token(anna));

export const POSTS = {
  language: { route: '/language', fields: () => ({ locale: 'en', back: '/' }) },
  'stay signed on': { route: '/session' },
  'sign up': { route: '/i/:token', path: ({ link }) => link },
  renew: { route: '/i/:token/renew', path: ({ link }) => `${link}/renew` },
  'not me': {
    route: '/i/:token/not-me',
    path: ({ link }) => `${link}/not-me`,
    fields: fieldsOf.notMe,
  },
  terms: { route: '/onboarding/terms', fields: fieldsOf.terms },
  password: {
    route: '/onboarding/password',
    fields: ({ temporaryPassword }) => fieldsOf.password(temporaryPassword, NEW_PASSWORD),
  },
  sms: { route: '/onboarding/sms', fields: () => ({ ...fieldsOf.sms('06 12345678'), ...password() }) },
  'sms, skip': { route: '/onboarding/sms', fields: fieldsOf.skip },
  code: { route: '/onboarding/sms/code', fields: ({ codes }) => fieldsOf.smsCode(codes.enrol) },
  'code, resend': { route: '/onboarding/sms/code', fields: fieldsOf.resend },
  app: { route: '/onboarding/app', fields: (anna) => fieldsOf.app(token(anna)) },
  'app, skip': { route: '/onboarding/app', fields: fieldsOf.skip },
  profile: { route: '/onboarding/profile', fields: () => fieldsOf.profile({ lastName: 'de Wit' }) },
  help: { route: '/onboarding/help', fields: () => fieldsOf.help() },
  continue: { route: '/onboarding/continue', fields: password },
  'continue, code': { route: '/onboarding/continue/sms', fields: signInCode },
  'continue, resend': { route: '/onboarding/continue/sms', fields: fieldsOf.resend },
  'continue, token': { route: '/onboarding/continue/app', fields: signInToken },
  'continue, forgotten': { route: '/onboarding/continue/forgotten' },
  'sign in': { route: '/sign-in', fields: ({ email }) => fieldsOf.signIn(email) },
  'sign in, code': { route: '/sign-in/sms', fields: signInCode },
  'sign in, resend': { route: '/sign-in/sms', fields: fieldsOf.resend },
  'sign in, token': { route: '/sign-in/app', fields: signInToken },
  forgotten: { route: '/forgot-password', fields: ({ email }) => ({ email }) },
  'open password reset': { route: '/reset/:token', path: ({ resets }) => `/reset/${resets.password.token}` },
  'open factor reset': { route: '/reset/:token', path: ({ resets }) => `/reset/${resets.factor.token}` },
  'reset password': { route: '/reset/password', fields: chosen },
  'reset factor': { route: '/reset/factor', fields: password },
  'reset, code': { route: '/reset/prove/sms', fields: ({ codes }) => fieldsOf.smsCode(codes.reset) },
  'reset, resend': { route: '/reset/prove/sms', fields: fieldsOf.resend },
  'reset, token': { route: '/reset/prove/app', fields: signInToken },
  'new terms': { route: '/terms', fields: fieldsOf.terms },
  'sign out': { route: '/sign-out' },
} satisfies Record<string, Post>;
export type PostName = keyof typeof POSTS;

export const posts = Object.entries(POSTS) as [PostName, Post][];
