import { ApiError } from './client';

export interface FormErrors {
  /** By field, what is wrong with it. */
  fields: Record<string, string>;
  /** What belongs to no field that the form shows. */
  form: string | undefined;
}

/** Sorts what the server refused by the fields that a form shows; `nics[0].mac` belongs to `nics`, if that is shown. */
export function formErrors(error: unknown, shown: readonly string[]): FormErrors {
  if (!(error instanceof Error)) {
    return { fields: {}, form: undefined };
  }
  const errors = (error instanceof ApiError && error.problem?.errors) || [];
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { field, message } of errors) {
    const owner = shown.find((name) => field === name || field.startsWith(`${name}[`));
    if (owner === undefined) {
      rest.push(sentence(message));
    } else {
      fields[owner] = sentence(message);
    }
  }
  return { fields, form: errors.length === 0 ? sentence(error.message) : rest.join(' ') || undefined };
}

/** As a sentence of its own. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
