const FORMAT = new Intl.ListFormat('en-GB');

/** Names as one says them: a, b and c. */
export function listed(names: readonly string[]): string {
  return FORMAT.format(names);
}
