/** Whether a text may be the id of a row: PostgreSQL throws at anything else. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Before every other one: where paging by id begins. */
export const LOWEST_UUID = '00000000-0000-0000-0000-000000000000';
