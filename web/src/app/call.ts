// call.ts - the server's API, typed by the table that the server itself has (api-types.ts).
//
//     const answer = await call("POST /api/desk/quote", { positions: [...] });
//     await call("GET /api/shop/orders/{order}", {}, { order: "12" });
//
// What is refused throws a Refusal, with a stable reason; no connection at all throws one with reason "offline".
import type { Api } from "./api-types";
import { proof } from "./session";

export class Refusal extends Error {
  constructor(readonly code: number, readonly reason: string, message: string) {
    super(message);
  }
}

export async function call<R extends keyof Api>(route: R, fields: Api[R]["fields"], parts: Record<string, string> = {}): Promise<Api[R]["answer"]> {
  const [method, pattern] = (route as string).split(" ");
  let url = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name] ?? ""));
  const init: RequestInit = { method, headers: {}, cache: "no-store" };
  const headers = init.headers as Record<string, string>;
  if (method === "GET" || method === "DELETE") {
    const query = new URLSearchParams(Object.entries(fields as object).filter(([, v]) => v !== undefined).map(([k, v]) => [k, String(v)]));
    if ([...query].length) url += `?${query}`;
  } else if (fields instanceof Blob || fields instanceof Uint8Array) {
    init.body = fields as BodyInit;
    headers["Content-Type"] = "application/octet-stream";
  } else {
    init.body = JSON.stringify(fields);
    headers["Content-Type"] = "application/json";
  }
  if (method !== "GET" && proof.value) headers["X-Piste"] = proof.value;
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch {
    throw new Refusal(0, "offline", "");
  }
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  const body = isJson ? await response.json() : await response.text();
  if (!response.ok) throw new Refusal(response.status, body.reason ?? "failed", body.message ?? response.statusText);
  return body as Api[R]["answer"];
}

// A key for one act: kept and sent again until it is answered, so that the act happens once.
export const newKey = (): string => crypto.randomUUID();
