/** The workflow types that the worker runs. */
export { messageNotice } from './messageNotice.ts';
export { onboarding } from './onboarding.ts';
export { signInCode } from './signInCode.ts';
