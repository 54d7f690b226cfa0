import { sentence } from '../api/formErrors';

/** What the server warns of, as a sentence with the names of VMs in place of their ids. */
export function warning(text: string, nameOf: (vmId: string) => string): string {
  return sentence(text.replaceAll(/\bvm-[0-9a-z]{26}\b/g, nameOf));
}
