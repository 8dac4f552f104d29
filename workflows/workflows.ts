/** The workflow types that the worker runs. */
export { closedSignIn } from './closedSignIn.ts';
export { messageNotice } from './messageNotice.ts';
export { onboarding } from './onboarding.ts';
export { passwordReset } from './passwordReset.ts';
export { securityNotice } from './securityNotice.ts';
export { signInCode } from './signInCode.ts';
