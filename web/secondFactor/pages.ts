/** The pages of the second factor, for each thing that it is asked for. */
import type Router from '@koa/router';
import type { State, Web } from '../context.ts';
import { appPage } from './app.ts';
import { enrolment } from './enrolment.ts';
import type { FactorPurpose } from './purpose.ts';
import { smsCodePage } from './smsCode.ts';
import { smsNumberPage } from './smsNumber.ts';

/** For somebody who has set a factor up. */
export function factorPages(router: Router<State>, web: Web, purpose: FactorPurpose): void {
  smsCodePage(router, web, purpose);
  appPage(router, web, purpose);
}

/** The two steps of the onboarding. */
export function factorSteps(router: Router<State>, web: Web): void {
  const purpose = enrolment(web);
  smsNumberPage(router, web, purpose);
  factorPages(router, web, purpose);
}
