/** Every POST of the pages, with what is posted when it is done as it should be. */

import { tokenOf } from '../../tools/tryout/authenticator.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import type { Somebody } from './states.ts';

const NEW_PASSWORD = 'zes groene bussen 77';
/** Any six digits, for somebody who has no key yet. */
const NO_TOKEN = '123456';

type Post = {
  route: string;
  path?: (anna: Somebody) => string;
  fields?: (anna: Somebody) => Record<string, string>;
};

const password = () => ({ password: OWN_PASSWORD });
const chosen = { newPassword: NEW_PASSWORD, newPasswordAgain: NEW_PASSWORD };
const accept = () => ({ accept: 'yes' });
const skip = () => ({ action: 'skip' });
const resend = () => ({ action: 'resend' });
const signInCode = ({ codes }: Somebody) => ({ code: codes['sign-in'] });
const token = ({ appKey }: Somebody) => ({ token: appKey ? tokenOf(appKey) : NO_TOKEN });

export const POSTS = {
  language: { route: '/language', fields: () => ({ locale: 'en', back: '/' }) },
  'stay signed on': { route: '/session' },
  'sign up': { route: '/i/:token', path: ({ link }) => link },
  renew: { route: '/i/:token/renew', path: ({ link }) => `${link}/renew` },
  'not me': {
    route: '/i/:token/not-me',
    path: ({ link }) => `${link}/not-me`,
    fields: () => ({ sure: 'yes' }),
  },
  terms: { route: '/onboarding/terms', fields: accept },
  password: {
    route: '/onboarding/password',
    fields: ({ temporaryPassword }) => ({ currentPassword: temporaryPassword, ...chosen }),
  },
  sms: { route: '/onboarding/sms', fields: () => ({ phone: '06 12345678', action: 'send' }) },
  'sms, skip': { route: '/onboarding/sms', fields: skip },
  code: { route: '/onboarding/sms/code', fields: ({ codes }) => ({ code: codes.enrol, action: 'confirm' }) },
  'code, resend': { route: '/onboarding/sms/code', fields: resend },
  app: { route: '/onboarding/app', fields: (anna) => ({ ...token(anna), action: 'register' }) },
  'app, skip': { route: '/onboarding/app', fields: skip },
  profile: {
    route: '/onboarding/profile',
    fields: () => ({ gender: 'female', initials: 'A.', firstName: 'Anna', lastName: 'de Wit' }),
  },
  help: { route: '/onboarding/help', fields: () => ({ reason: 'no-app' }) },
  continue: { route: '/onboarding/continue', fields: password },
  'continue, code': { route: '/onboarding/continue/sms', fields: signInCode },
  'continue, resend': { route: '/onboarding/continue/sms', fields: resend },
  'continue, token': { route: '/onboarding/continue/app', fields: token },
  'continue, forgotten': { route: '/onboarding/continue/forgotten' },
  'sign in': { route: '/sign-in', fields: ({ email }) => ({ email, ...password() }) },
  'sign in, code': { route: '/sign-in/sms', fields: signInCode },
  'sign in, resend': { route: '/sign-in/sms', fields: resend },
  'sign in, token': { route: '/sign-in/app', fields: token },
  forgotten: { route: '/forgot-password', fields: ({ email }) => ({ email }) },
  'open password reset': { route: '/reset/:token', path: ({ resets }) => `/reset/${resets.password.token}` },
  'open factor reset': { route: '/reset/:token', path: ({ resets }) => `/reset/${resets.factor.token}` },
  'reset password': { route: '/reset/password', fields: () => chosen },
  'reset factor': { route: '/reset/factor', fields: password },
  'reset, code': { route: '/reset/prove/sms', fields: signInCode },
  'reset, resend': { route: '/reset/prove/sms', fields: resend },
  'reset, token': { route: '/reset/prove/app', fields: token },
  'new terms': { route: '/terms', fields: accept },
  'sign out': { route: '/sign-out' },
} satisfies Record<string, Post>;
export type PostName = keyof typeof POSTS;

export const posts = Object.entries(POSTS) as [PostName, Post][];
