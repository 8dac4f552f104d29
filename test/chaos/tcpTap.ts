/** A TCP proxy between two processes that observes the traffic and can stop it at a chosen moment. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One connection, and what was noticed on it. */
export type Line = { noticed: Set<string> };

/** Called with all traffic. `hold`: neither this chunk nor anything after it is passed on. */
export type TapListeners = {
  /** From the client to the server. */
  asked?: (bytes: Buffer, line: Line) => 'hold' | undefined;
  /** From the server to the client. */
  answered?: (bytes: Buffer, line: Line) => 'hold' | undefined;
};

export type TcpTap = { port: number; close(): void };

/** Listens on 127.0.0.1 and forwards to `port` there. */
export async function openTcpTap(port: number, { asked, answered }: TapListeners): Promise<TcpTap> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1');
    const line: Line = { noticed: new Set() };
    join(client, target, (bytes) => asked?.(bytes, line));
    join(target, client, (bytes) => answered?.(bytes, line));
  });

  function join(from: Socket, to: Socket, listener: (bytes: Buffer) => 'hold' | undefined): void {
    open.add(from);
    from.setNoDelay(true);
    let held = false;
    from.on('data', (bytes) => {
      held ||= listener(bytes) === 'hold';
      if (!held) to.write(bytes);
    });
    // Both ends are processes of this run and often die.
    from.on('error', () => undefined);
    from.on('close', () => {
      open.delete(from);
      to.destroy();
    });
    from.on('end', () => to.end());
  }

  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
