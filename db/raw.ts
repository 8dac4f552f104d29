/** SQL of its own, or in the place of a value or column. `Given`: the columns that it gives. */
export interface Raw<Given = unknown> extends Promise<{ rows: Given[] }> {
  readonly given?: Given;
  connection(connection: unknown): this;
}
