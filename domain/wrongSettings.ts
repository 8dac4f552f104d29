/** Settings that turn out to be wrong only when they are used. At start-up each error is printed with its hint. */
export class WrongSettings extends Error {
  override name = 'WrongSettings';
  readonly errors: string[];

  constructor(...errors: string[]) {
    super(errors.join('; '));
    this.errors = errors;
  }
}
