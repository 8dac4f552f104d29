/** A mail server that speaks SMTP line by line and answers as it is told, also in ways that no good server does. */
import { createServer, type Socket } from 'node:net';

/** What is answered at each place, or that the line is dropped there without a word. */
export type MailAnswers = Partial<
  Record<'greeting' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'end', string | 'drop'>
>;

const WELL: Required<MailAnswers> = {
  greeting: '220 here',
  EHLO: '250-here\r\n250 AUTH PLAIN',
  STARTTLS: '502 5.5.1 no such command',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  end: '250 taken',
};

export type RawMailServer = {
  port: number;
  /** The mails whose last dot has come, whatever was answered. */
  received: string[];
  /** From now on it answers like this, and well everywhere else. */
  answer(now: MailAnswers): void;
  close(): Promise<void>;
};

/** `host`: where it listens; on this machine only unless given. */
export async function openRawMailServer(host = '127.0.0.1'): Promise<RawMailServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  let answers = WELL;

  function serve(socket: Socket): void {
    let rest = '';
    let mail: string[] | undefined;
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    const say = (place: keyof MailAnswers) =>
      answers[place] === 'drop' ? socket.destroy() : socket.write(`${answers[place]}\r\n`);

    function take(line: string): void {
      if (mail && line !== '.') return void mail.push(line);
      if (mail) {
        received.push(mail.join('\n'));
        mail = undefined;
        return void say('end');
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'DATA' && answers.DATA.startsWith('354')) mail = [];
      if (line.toUpperCase() === 'STARTTLS') return void say('STARTTLS');
      if (verb in WELL) return void say(verb as keyof MailAnswers);
      if (verb === 'QUIT') return void socket.end('221 bye\r\n');
      socket.write('250 ok\r\n');
    }

    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop()!;
      lines.forEach(take);
    });
    say('greeting');
  }

  const server = createServer(serve);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, host, () => resolve((server.address() as { port: number }).port));
  });
  return {
    port,
    received,
    answer(now) {
      answers = { ...WELL, ...now };
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
