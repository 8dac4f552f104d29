/** Whether a text can be a row's id: PostgreSQL throws on anything else. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Sorts before every other id, so paging starts here. */
export const LOWEST_UUID = '00000000-0000-0000-0000-000000000000';
