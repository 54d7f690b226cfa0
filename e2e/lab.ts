/** What the tests in the browser ask of the machine around them; ConsoleLab.java answers. */
import assert from "node:assert/strict";
import { Agent, request } from "node:http";

export interface Guest {
  name: string;
  address: string;
  mac: string;
  port: string;
}

async function ask<T>(command: string): Promise<T> {
  const response = await fetch(`${process.env["LAB"]}${command}`);
  const answer: unknown = await response.json();
  assert.equal(response.status, 200, `${command}: ${JSON.stringify(answer)}`);
  return answer as T;
}

export const lab = {
  server: () => ask<{ url: string; token: string }>("/server"),
  guests: () => ask<Guest[]>("/guests"),
  /** Makes the guests' namespaces and NICs. */
  plug: () => ask("/plug"),
  /** Starts keepalived in a guest. */
  join: (guest: string) => ask(`/join?${guest}`),
  /** Its NIC goes down and its keepalived is killed. */
  die: (guest: string) => ask(`/die?${guest}`),
  /** It has 10.77.0.50 too, until it leaves it. */
  squat: (guest: string) => ask(`/squat?${guest}`),
  leave: (guest: string) => ask(`/leave?${guest}`),
  /** It does not hear what the others advertise, until it hears. */
  deaf: (guest: string) => ask(`/deaf?${guest}`),
  hear: (guest: string) => ask(`/hear?${guest}`),
  /** It asks who has the VIP, as any neighbour does from time to time. */
  ask: (guest: string) => ask(`/ask?${guest}`),
  kill: () => ask("/server/kill"),
  start: (option = "") => ask(`/server/start?${option}`),
};

const agent = new Agent({ keepAlive: true });

/** The server's API, as a program calls it. */
export class Api {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  // fetch() takes five times as long, which ten thousand requests feel.
  call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.url}${path}`,
        { agent, method, headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" } },
        (response) => {
          let text = "";
          response.on("data", (chunk) => (text += chunk));
          response.on("end", () => {
            const ok = (response.statusCode ?? 0) < 300;
            ok ? resolve((text ? JSON.parse(text) : undefined) as T) : reject(new Error(`${method} ${path}: ${text}`));
          });
        },
      );
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>("GET", path);
  }

  async made(path: string, body: unknown): Promise<string> {
    return (await this.call<{ id: string }>("POST", path, body)).id;
  }
}
