/**
 * Every URL: method and path, guards and handler. The guards of a row run in order; each continues or has answered.
 * What all requests go through is in app.ts; the style sheet and scripts are files (ui/assets.ts). Passwords, codes
 * and tokens are counted where they are compared: account/passwordAttempts.ts, onboarding/temporaryPassword.ts,
 * secondFactor/guessing.ts and check.ts.
 */
import {
  askPasswordMail,
  askPasswordMailHere,
  requireAddress,
  showForgotten,
} from './account/forgottenPassword.ts';
import {
  chooseNewPassword,
  openReset,
  requireFactorBeforeReset,
  requireResetLink,
  requireResetting,
  resetFactor,
  resetFactors,
  showConfirm,
  showNewPassword,
  showReset,
} from './account/reset.ts';
import { requireHalfSignedIn, showSignIn, signIn, signInFactor } from './account/signIn.ts';
import { limitCalls, readJson, requireKey } from './api/api.ts';
import { getMessage, postMessage } from './api/messages.ts';
import { showOpenApi } from './api/openapi.ts';
import {
  correctRecipient,
  deleteRecipient,
  findRecipient,
  getRecipient,
  inviteRecipient,
  onlyPost,
  requireRelation,
} from './api/recipients.ts';
import { seeOther } from './context.ts';
import { showAlive, showReady } from './health.ts';
import {
  requireAccount,
  requireCurrentTerms,
  showMessage,
  showMessages,
  signOut,
} from './messages/messages.ts';
import { checkFormToken, checkFormTokenOrGoTo, noFormToken } from './middleware/formToken.ts';
import {
  anybody,
  requireFactorMissing,
  requireOnboarding,
  requireProofs,
  requireStep,
} from './middleware/guard.ts';
import { limitLink, limitNetwork } from './middleware/limits.ts';
import { inLanguage, switchLanguage } from './middleware/locale.ts';
import { keepSession, requireSession } from './middleware/sessionEnd.ts';
import { showAuthenticity } from './onboarding/authenticity.ts';
import { continueFactor, provePassword, showContinue } from './onboarding/continue.ts';
import { answerReady, showFinished } from './onboarding/finished.ts';
import { askHelp, limitHelp, requireNewReason, showHelp } from './onboarding/help.ts';
import {
  backToLink,
  renew,
  requireLink,
  requireWorkingLink,
  sayNotMe,
  showLink,
  showNotMe,
  signUp,
} from './onboarding/link.ts';
import { choosePassword, showPassword } from './onboarding/password.ts';
import { enterProfile, showProfile } from './onboarding/profile.ts';
import { answerNewTerms, answerTerms, showNewTerms, showTerms } from './onboarding/terms.ts';
import { call, type Handler, page, type Route } from './route.ts';
import { enrolment } from './secondFactor/enrolment.ts';
import { factorPages } from './secondFactor/pages.ts';
import { enterNumber, showNumber } from './secondFactor/smsNumber.ts';
import { showSecurityTxt } from './securityTxt.ts';
import { type Notice, showNotice } from './ui/notices.ts';
import { readReport, takeMailReceipt } from './webhooks/mailReceipts.ts';
import { readReceipt, takeSmsReceipt } from './webhooks/smsReceipts.ts';

const goTo =
  (path: string): Handler =>
  (ctx) =>
    seeOther(ctx, path);
const say =
  (notice: Notice): Handler =>
  (ctx) =>
    showNotice(ctx, notice);

/** Requested constantly by machines; never queued. */
export const WATCHING: readonly Route[] = [
  call.get('/healthz', [], showAlive),
  call.get('/readyz', [], showReady),
  call.get('/.well-known/security.txt', [], showSecurityTxt),
];

/** For programs, which bring a key or a signature; bodies are read strictly. */
export const CALLS: readonly Route[] = [
  call.get('/api/v1/openapi.json', [], showOpenApi),
  call.post('/api/v1/messages', [requireKey, limitCalls, readJson], postMessage),
  call.get('/api/v1/messages/:id', [requireKey, limitCalls], getMessage),
  call.post('/api/v1/recipients/search', [requireKey, limitCalls, readJson], findRecipient),
  // Before `:id`, or "search" would be taken for an id.
  call.all('/api/v1/recipients/search', [requireKey, limitCalls, readJson], onlyPost),
  call.get('/api/v1/recipients/:id', [requireKey, limitCalls, requireRelation], getRecipient),
  call.post(
    '/api/v1/recipients/:id/invitation',
    [requireKey, limitCalls, readJson, requireRelation],
    inviteRecipient,
  ),
  call.patch('/api/v1/recipients/:id', [requireKey, limitCalls, readJson, requireRelation], correctRecipient),
  call.delete('/api/v1/recipients/:id', [requireKey, limitCalls, requireRelation], deleteRecipient),

  call.post('/webhooks/twilio', [readReceipt], takeSmsReceipt),
  call.post('/webhooks/mail', [readReport], takeMailReceipt),
];

const enrol = factorPages(enrolment);
const goOn = factorPages(continueFactor);
const signInBy = factorPages(signInFactor);
const resetBy = factorPages(resetFactor);

/**
 * For people. The first guard of each says who may open it; the second one of a POST, whether its form must have been
 * shown in this session. Forms come from our own pages and are small; app.ts has already found the session.
 */
export const PAGES: readonly Route[] = [
  page.get('/', [anybody], (ctx) => seeOther(ctx, ctx.state.found ? '/onboarding/continue' : '/sign-in')),
  page.post('/language', [anybody, noFormToken], switchLanguage),
  // For a reload or a language switch, because the answers to some buttons have no page of their own.
  page.get('/session', [anybody], goTo('/onboarding/continue')),
  page.post('/session', [requireSession, checkFormToken], keepSession),

  // The link in the mail. Opening it changes nothing, because mail scanners open every link; only its button does.
  page.get('/i/:token', [requireLink], showLink),
  page.post('/i/:token', [requireLink, noFormToken, requireWorkingLink, limitLink], signUp),
  page.get('/i/:token/renew', [requireLink], backToLink),
  page.post('/i/:token/renew', [requireLink, noFormToken, limitLink], renew),
  page.get('/i/:token/not-me', [requireLink], showNotMe),
  page.post('/i/:token/not-me', [requireLink, noFormToken, limitLink], sayNotMe),

  page.get('/onboarding/terms', [requireOnboarding, requireProofs, requireStep.terms], showTerms),
  page.post(
    '/onboarding/terms',
    [requireOnboarding, checkFormToken, requireProofs, requireStep.terms],
    answerTerms,
  ),
  page.get('/onboarding/terms/declined', [requireOnboarding, requireProofs], say('declined')),

  page.get('/onboarding/password', [requireOnboarding, requireProofs, requireStep.password], showPassword),
  page.post(
    '/onboarding/password',
    [requireOnboarding, checkFormToken, requireProofs, requireStep.password],
    choosePassword,
  ),

  page.get('/onboarding/sms', [requireOnboarding, requireProofs, requireStep.sms], showNumber),
  page.post(
    '/onboarding/sms',
    [requireOnboarding, checkFormToken, requireProofs, requireStep.sms],
    enterNumber,
  ),
  page.get('/onboarding/sms/code', [requireOnboarding, requireProofs, requireStep.sms], enrol.showCode),
  page.post(
    '/onboarding/sms/code',
    [requireOnboarding, checkFormToken, requireProofs, requireStep.sms],
    enrol.enterCode,
  ),
  page.get(
    '/onboarding/sms/code/delivery',
    [requireOnboarding, requireProofs, requireStep.sms],
    enrol.showNews,
  ),

  page.get('/onboarding/app', [requireOnboarding, requireProofs, requireStep.app], enrol.showToken),
  page.post(
    '/onboarding/app',
    [requireOnboarding, checkFormToken, requireProofs, requireStep.app],
    enrol.enterToken,
  ),

  page.get('/onboarding/profile', [requireOnboarding, requireProofs, requireStep.profile], showProfile),
  page.post(
    '/onboarding/profile',
    [requireOnboarding, checkFormToken, requireProofs, requireStep.profile],
    enterProfile,
  ),

  page.get('/onboarding/finished', [requireOnboarding, requireProofs], showFinished),
  page.get('/onboarding/finished/ready', [requireOnboarding, requireProofs], answerReady),

  // No further proof: a person who lost the phone cannot give it, and asking for help reveals and changes nothing
  // else.
  page.get('/onboarding/help', [requireOnboarding], showHelp),
  page.post('/onboarding/help', [requireOnboarding, checkFormToken, requireNewReason, limitHelp], askHelp),
  page.get('/onboarding/help/asked', [requireOnboarding], say('helpAsked')),

  // Resuming on another device or after a while: what is set up is proven again.
  page.get('/onboarding/continue', [requireOnboarding], showContinue),
  page.post('/onboarding/continue', [requireOnboarding, checkFormToken], provePassword),
  page.get('/onboarding/continue/sms', [requireOnboarding, requireFactorMissing], goOn.showCode),
  page.post(
    '/onboarding/continue/sms',
    [requireOnboarding, checkFormToken, requireFactorMissing],
    goOn.enterCode,
  ),
  page.get('/onboarding/continue/sms/delivery', [requireOnboarding, requireFactorMissing], goOn.showNews),
  page.get('/onboarding/continue/app', [requireOnboarding, requireFactorMissing], goOn.showToken),
  page.post(
    '/onboarding/continue/app',
    [requireOnboarding, checkFormToken, requireFactorMissing],
    goOn.enterToken,
  ),
  page.get('/onboarding/continue/forgotten', [anybody], goTo('/onboarding/continue')),
  page.post('/onboarding/continue/forgotten', [requireOnboarding, checkFormToken], askPasswordMailHere),

  page.get('/sign-in', [anybody], showSignIn),
  page.post('/sign-in', [anybody, noFormToken], signIn),
  page.get('/sign-in/sms', [requireHalfSignedIn], signInBy.showCode),
  page.post('/sign-in/sms', [requireHalfSignedIn, checkFormTokenOrGoTo('/sign-in')], signInBy.enterCode),
  page.get('/sign-in/sms/delivery', [requireHalfSignedIn], signInBy.showNews),
  page.get('/sign-in/app', [requireHalfSignedIn], signInBy.showToken),
  page.post('/sign-in/app', [requireHalfSignedIn, checkFormTokenOrGoTo('/sign-in')], signInBy.enterToken),

  page.get('/forgot-password', [anybody], showForgotten),
  // Where password managers send people to change a password (W3C, change-password-url).
  page.get('/.well-known/change-password', [anybody], goTo('/forgot-password')),
  page.post(
    '/forgot-password',
    [anybody, noFormToken, requireAddress, limitNetwork('forgotten-network')],
    askPasswordMail,
  ),

  page.get('/reset/password', [requireResetting.password], showNewPassword),
  page.post('/reset/password', [requireResetting.password, checkFormToken], chooseNewPassword),
  page.get('/reset/factor', [requireResetting.factor], showConfirm),
  page.post('/reset/factor', [requireResetting.factor, checkFormToken], resetFactors),
  page.get('/reset/prove/sms', [requireFactorBeforeReset], resetBy.showCode),
  page.post('/reset/prove/sms', [requireFactorBeforeReset, checkFormToken], resetBy.enterCode),
  page.get('/reset/prove/sms/delivery', [requireFactorBeforeReset], resetBy.showNews),
  page.get('/reset/prove/app', [requireFactorBeforeReset], resetBy.showToken),
  page.post('/reset/prove/app', [requireFactorBeforeReset, checkFormToken], resetBy.enterToken),
  // After the pages, because any other name is a token. Opening the link changes nothing here either.
  page.get('/reset/:token', [requireResetLink], showReset),
  page.post('/reset/:token', [requireResetLink, noFormToken, limitLink], openReset),

  page.get('/terms', [requireAccount], showNewTerms),
  page.post('/terms', [requireAccount, checkFormToken], answerNewTerms),
  page.get('/messages', [requireAccount, requireCurrentTerms], showMessages),
  // The only GET that writes: the first reading is what the sender is waiting for.
  page.get('/messages/:id', [requireAccount, requireCurrentTerms], showMessage),
  page.post('/sign-out', [anybody, noFormToken], signOut),

  // Is this e-mail genuine? Mails link to the page of their language.
  page.get('/echt', [anybody, inLanguage('nl')], showAuthenticity),
  page.get('/genuine', [anybody, inLanguage('en')], showAuthenticity),
];
