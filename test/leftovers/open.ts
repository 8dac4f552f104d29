/** Said when everything is open. */
export const OPEN = 'everything is open';
