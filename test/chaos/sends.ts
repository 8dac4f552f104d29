/** What identifies a send on arrival: the id of a mail's row, or the code in an SMS. */
import type { Delivered } from './deliveries.ts';

export const idOf = ({ messageId }: Delivered) => /<([^@]+)@/.exec(messageId ?? '')?.[1] ?? '';
export const codeOf = ({ text }: Delivered) => /\d{6}/.exec(text)![0];
