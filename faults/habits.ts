/** What one person of a run is like. */
export type Habits = {
  factor: 'sms' | 'app' | 'both';
  locale: 'nl' | 'en';
  phone: string;
  /** Waits so long for the first reminder before opening anything. It may be left out when the invitation was late. */
  sleepsMs: number;
  /** Stops for good at this page. */
  stopsAt: string | undefined;
  asksHelp: boolean;
  /** How probable each is at each step; another device once. */
  doubleClicks: number;
  changesDevice: number;
  mistypes: number;
  /** Has forgotten the own password when it is asked for: once. */
  forgets: boolean;
  /** Signs in once more after the message was read. */
  comesBack: boolean;
};
