/** Sends with the same libraries as Instap, but without tables. */
import nodemailer from 'nodemailer';
import twilio from 'twilio';

export type FloorActivities = ReturnType<typeof createFloorActivities>;

/** As long as an invitation. */
const TEXT = 'You have a confidential message. '.repeat(30);
const HTML = `<p>${TEXT}</p>`.repeat(8);

export const addressOf = (id: number): string => `floor.${id}@example.com`;
export const numberOf = (id: number): string => `+316${String(50_009_999 + id * 10_000).slice(-8)}`;

export function createFloorActivities(env: NodeJS.ProcessEnv) {
  const mailer = nodemailer.createTransport({ url: env.SMTP_URL!, pool: true, maxConnections: 5 });
  const smsSender = twilio(env.TWILIO_ACCOUNT_SID!, env.TWILIO_AUTH_TOKEN!);
  smsSender.api.baseUrl = env.TWILIO_BASE_URL!;
  return {
    async sendMail(id: number): Promise<void> {
      const messageId = `<floor-${id}@example.com>`;
      const envelope = { from: 'instap@example.com', to: addressOf(id) };
      await mailer.sendMail({ ...envelope, subject: 'Floor', text: TEXT, html: HTML, messageId });
    },
    async sendSms(id: number): Promise<void> {
      await smsSender.messages.create({
        to: numberOf(id),
        from: env.TWILIO_FROM!,
        body: '123456 is your code',
      });
    },
    async activate(_id: number): Promise<void> {},
  };
}
