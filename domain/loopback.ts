/** Whether traffic to this host stays on this machine. `hostname`: as in a URL. */
export const isLoopback = (hostname: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
