// The page's own server: JSON in, JSON out, and every failure as a sentence.

export class Trouble extends Error {}

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("The sandbox does not answer. Is it still running?");
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Trouble(reason(body) ?? `The sandbox answered ${answer.status}.`);
  return body;
}

function reason(body) {
  const error = body?.error ?? body?.detail;
  return typeof error === "string" ? error : error?.message;
}

export const get = (path, signal) => call(path, { signal });

export const post = (path, body) =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Do something as a person in Slack; what Slack would say in a failure comes back as `error`. */
export const deed = (user, name, body) => post(`/page/people/${encodeURIComponent(user)}/${name}`, body);
