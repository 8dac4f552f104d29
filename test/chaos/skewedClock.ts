/**
 * Preloaded into our processes (`node --import`): shifts their clock by SKEW_MS milliseconds without changing the
 * program. Only the current time is shifted.
 */
const skewMs = Number(process.env.SKEW_MS ?? 0);

if (skewMs !== 0) {
  const TrueDate = Date;
  const now = () => TrueDate.now() + skewMs;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, given, made) =>
      Reflect.construct(target, given.length ? given : [now()], made === globalThis.Date ? target : made),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}

export {};
