const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment in the browser's time zone. */
export function Time({ at }: { at: string }) {
  return <time dateTime={at}>{moment(at)}</time>;
}

/** The same as text. */
export function moment(at: string): string {
  return FORMAT.format(new Date(at));
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A span of time as people say it. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) {
    return `${Math.round(ms)} ms`;
  }
  if (seconds < MINUTE) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < HOUR) {
    return `${Math.floor(seconds / MINUTE)} min ${Math.round(seconds % MINUTE)} s`;
  }
  return `${Math.floor(seconds / HOUR)} h ${Math.round((seconds % HOUR) / MINUTE)} min`;
}
