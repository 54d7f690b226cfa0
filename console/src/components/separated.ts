/** The parts of a text between commas or spaces. */
export function separated(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}
