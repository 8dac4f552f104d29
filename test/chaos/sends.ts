/** What of a send is on what arrived: the id of the row that a mail is about, the code in an SMS. */
import type { Delivered } from './deliveries.ts';

export const idOf = ({ messageId }: Delivered) => /<([^@]+)@/.exec(messageId ?? '')?.[1] ?? '';
export const codeOf = ({ text }: Delivered) => /\d{6}/.exec(text)![0];
