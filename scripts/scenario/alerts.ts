/** The alerts of a Prometheus while a scenario runs. */
import type { AlertKey } from "./expected.ts";

interface Answer {
  readonly data: { readonly alerts: readonly { readonly state: string; readonly labels: Labels }[] };
}

type Labels = Readonly<Record<string, string>>;

/** Alerts about these jobs that fire now. @throws Error where the Prometheus at that URL does not say */
export async function firingAlerts(prometheus: string, jobs: readonly string[]): Promise<AlertKey[]> {
  const { data } = await ask(`${prometheus.replace(/\/$/, "")}/api/v1/alerts`);
  const firing = data.alerts.filter(({ state, labels }) => state === "firing" && jobs.includes(labels["job"] ?? ""));
  return [...new Set(firing.map(({ labels }) => `${labels["severity"]} ${labels["alertname"]}` as AlertKey))];
}

async function ask(url: string): Promise<Answer> {
  const mend = "give the address of a Prometheus that runs, such as http://localhost:9090";
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`prometheus: expected an answer from ${url}, got none (${reason}); ${mend}`, { cause: error });
  }
  if (!response.ok) throw new Error(`prometheus: expected 200 from ${url}, got ${response.status}; ${mend}`);
  return (await response.json()) as Answer;
}

/** What has fired up to now, each with the minute at which it was first seen. */
export class AlertLog {
  readonly fired: Map<AlertKey, number> = new Map();

  /** Takes note of what fires. @returns what is new */
  note(firing: readonly AlertKey[], minute: number): AlertKey[] {
    const news = firing.filter((key) => !this.fired.has(key));
    for (const key of news) this.fired.set(key, minute);
    return news;
  }

  missing(expected: readonly AlertKey[]): AlertKey[] {
    return expected.filter((key) => !this.fired.has(key));
  }

  unexpected(expected: readonly AlertKey[]): AlertKey[] {
    return [...this.fired.keys()].filter((key) => !expected.includes(key));
  }
}
