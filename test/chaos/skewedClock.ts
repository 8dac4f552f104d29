/**
 * Loaded before a program of ours (`node --import`): its clock is off by SKEW_MS milliseconds. The program itself is
 * untouched. Only what asks for the time of now is shifted.
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
