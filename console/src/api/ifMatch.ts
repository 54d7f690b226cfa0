/** Has a change refused when somebody else has changed the resource since it was shown. */
export function ifMatch(resource: { id: string; version: number }) {
  return { path: { id: resource.id }, header: { 'If-Match': `"v${resource.version}"` } };
}
