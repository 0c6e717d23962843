import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { freePort } from "../../support/port.ts";
import { Server, temporaryFolder } from "./server.ts";

/** The program of Debian's package. What is on the path is a script, which would leave the browser behind when it ends. */
const COMMAND = process.env["CHROMIUM"] ?? "/usr/lib/chromium/chromium-headless-shell";

/** An answer of the DevTools protocol, or an event. */
interface Message {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

interface Evaluation {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}

/** Chromium without a window, driven over its DevTools protocol. */
export class Browser extends Server {
  readonly #endpoint: string;
  #last = 0;

  private constructor(port: number, folder: string) {
    const endpoint = `http://127.0.0.1:${port}`;
    const args = [
      `--remote-debugging-port=${port}`,
      `--user-data-dir=${join(folder, "profile")}`,
      // The pages are our own, and a container's root has no sandbox.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "about:blank",
    ];
    super({ name: "browser", command: COMMAND, args, health: `${endpoint}/json/version` }, folder);
    this.#endpoint = endpoint;
  }

  /** A browser that is not started yet. @throws Error where none is installed */
  static async create(): Promise<Browser> {
    if (!existsSync(COMMAND)) {
      const mend = "apt-get install --no-install-recommends chromium-headless-shell, or name another in CHROMIUM";
      throw new Error(`${COMMAND} is not there: ${mend}`);
    }
    return new Browser(await freePort(), temporaryFolder("browser"));
  }

  /** Opens a page and gives what `expression` comes to in it once it is loaded, also that of a promise. */
  async evaluate(url: string, expression: string): Promise<unknown> {
    const opened = await fetch(`${this.#endpoint}/json/new?about:blank`, { method: "PUT" });
    const { webSocketDebuggerUrl } = (await opened.json()) as { webSocketDebuggerUrl: string };
    const page = new WebSocket(webSocketDebuggerUrl);
    await once(page, "open");
    try {
      await this.#call(page, "Page.enable", {});
      const loaded = this.#message(
        page,
        (message) => (message as { method?: string }).method === "Page.loadEventFired",
      );
      await this.#call(page, "Page.navigate", { url });
      await loaded;
      const parameters = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = (await this.#call(
        page,
        "Runtime.evaluate",
        parameters,
      )) as unknown as Evaluation;
      if (exceptionDetails !== undefined) throw new Error(`the page: ${exceptionDetails.exception?.description}`);
      return result.value;
    } finally {
      page.close();
    }
  }

  async #call(page: WebSocket, method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
    const id = (this.#last += 1);
    const answer = this.#message(page, (message) => message.id === id);
    page.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (result === undefined) throw new Error(`${method}: ${error?.message ?? "no result"}`);
    return result;
  }

  /** The next message that `matches`. @throws Error where the browser ends before it */
  #message(page: WebSocket, matches: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      page.on("message", (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Message;
        if (matches(message)) resolve(message);
      });
      page.once("close", () => reject(new Error(`the browser has gone:\n${this.output}`)));
    });
  }
}
