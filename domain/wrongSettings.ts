/** Settings that only the work itself shows to be wrong. The start of a process prints each `mistake`, with its cure. */
export class WrongSettings extends Error {
  override name = 'WrongSettings';
  readonly errors: string[];

  constructor(...errors: string[]) {
    super(errors.join('; '));
    this.errors = errors;
  }
}
