import createClient from 'openapi-fetch';
import type { components, paths } from './schema.gen';

type Schemas = components['schemas'];
export type Vpc = Schemas['Vpc'];
export type Subnet = Schemas['Subnet'];
export type ExternalNetwork = Schemas['ExternalNetwork'];
export type Network = Subnet | ExternalNetwork;
export type Enforcement = Schemas['Enforcement'];
export type OtherTraffic = Schemas['OtherTraffic'];
export type Vm = Schemas['Vm'];
export type Nic = Schemas['Nic'];
export type Vip = Schemas['Vip'];
export type Binding = Schemas['Binding'];
export type VipType = Schemas['VipType'];
export type Preview = Schemas['Preview'];
export type Drill = Schemas['Drill'];
export type Finding = Schemas['KeepalivedFinding'];
export type Report = Schemas['KeepalivedReport'];
export type Webhook = Schemas['Webhook'];
export type EventKind = Schemas['EventKind'];
export type Explanation = Schemas['Explanation'];
export type HistoryEvent = Schemas['Event'];
export type Addresses = Schemas['Addresses'];
export type Session = Schemas['Session'];
export type Problem = Schemas['Problem'];

/** The server refused, or did not answer. */
export class ApiError extends Error {
  readonly problem: Problem | undefined;

  constructor(message: string, problem?: Problem) {
    super(message);
    this.problem = problem;
  }

  get isRefusal(): boolean {
    return this.problem !== undefined && this.problem.status < 500;
  }
}

let onSignedOut = () => {};

/** Calls back whenever the server does not know the session any more. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

export const api = createClient<paths>({ baseUrl: window.location.origin });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; a refusal is thrown as an `ApiError`. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  let answered: Answer<T>;
  try {
    answered = await call;
  } catch {
    throw new ApiError('The server does not answer. Check that it runs, then try again.');
  }
  if (answered.response.ok) {
    return answered.data as T;
  }
  const problem = isProblem(answered.error) ? answered.error : undefined;
  if (answered.response.status === 401 && problem?.errors === undefined) {
    onSignedOut();
    throw new ApiError('Your session has ended. Sign in again.', problem);
  }
  throw new ApiError(problem?.detail ?? `The server answered ${answered.response.status}.`, problem);
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'status' in value;
}
