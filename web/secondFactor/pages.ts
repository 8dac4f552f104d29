/** The pages of the second factor, for each purpose. */
import type { Web } from '../context.ts';
import type { Handler } from '../route.ts';
import { enterToken, showToken } from './app.ts';
import type { FactorPurpose } from './purpose.ts';
import { enterCode, showCode, showNews } from './smsCode.ts';

type FactorPages = Record<'showCode' | 'enterCode' | 'showNews' | 'showToken' | 'enterToken', Handler>;

export const factorPages = (purposeOf: (web: Web) => FactorPurpose): FactorPages => ({
  showCode: (ctx, web) => showCode(ctx, web, purposeOf(web)),
  enterCode: (ctx, web) => enterCode(ctx, web, purposeOf(web)),
  showNews: (ctx, web) => showNews(ctx, web, purposeOf(web)),
  showToken: (ctx, web) => showToken(ctx, web, purposeOf(web)),
  enterToken: (ctx, web) => enterToken(ctx, web, purposeOf(web)),
});
