// Makes the board and the triggers in Honeycomb, with its API: node examples/honeycomb/apply.mjs DATASET
// HONEYCOMB_API_KEY is a configuration key that may manage queries, boards and triggers. Each run makes new ones; to
// change what is there, use main.tf.
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const { HONEYCOMB_API_KEY: key, HONEYCOMB_API_URL: url = "https://api.honeycomb.io" } = process.env;
const [dataset] = process.argv.slice(2);
const folder = fileURLToPath(new URL("api/", import.meta.url));

if (dataset === undefined) throw new TypeError("expected the name of a dataset, as in: apply.mjs chat");
if (!key) throw new TypeError("HONEYCOMB_API_KEY is not set: make a configuration key under Environment settings");

/** Ids of what was made, by the name of its file: a body has that name in braces where it needs the id. */
const ids = new Map();

async function post(path, name) {
  const body = readFileSync(`${folder}${name}.json`, "utf8").replaceAll(/"\{([a-z/-]+)\}"/g, (_, of) => {
    if (!ids.has(of)) throw new Error(`${name}.json needs ${of}, which was not made`);
    return JSON.stringify(ids.get(of));
  });
  const response = await fetch(`${url}/1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-honeycomb-team": key },
    body,
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${name}: ${response.status} ${answer}`);
  ids.set(name, JSON.parse(answer).id);
  console.log(`made ${name}`);
}

for (const [part, path] of [
  ["queries", `queries/${dataset}`],
  ["annotations", `query_annotations/${dataset}`],
]) {
  for (const file of globSync(`${folder}${part}/*.json`).toSorted())
    await post(path, `${part}/${basename(file, ".json")}`);
}
await post("boards", "board");
for (const file of globSync(`${folder}triggers/*.json`).toSorted()) {
  await post(`triggers/${dataset}`, `triggers/${basename(file, ".json")}`);
}
