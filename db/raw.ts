/** Raw SQL, also as a value or column. `Given`: the columns that it returns. */
export interface Raw<Given = unknown> extends Promise<{ rows: Given[] }> {
  readonly given?: Given;
  connection(connection: unknown): this;
}
