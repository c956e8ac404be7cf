// ODK's own engine over the same forms: opening, answering, memory. Prints one JSON object.
// Run by measure_forms.py: node measure.mjs FOLDER_OF_NODE_MODULES FORM.xml …
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
for (const key of Object.getOwnPropertyNames(window)) {
  if (!(key in globalThis)) {
    try {
      globalThis[key] = window[key];
    } catch {
      // some of the window's properties may only be read on it
    }
  }
}
globalThis.__dirname = modules;
const entry = `${modules}/node_modules/@getodk/xforms-engine/dist/index.js`;
const { loadForm } = await import(pathToFileURL(entry).href);
const options = {
  missingResourceBehavior: "BLANK",
  fetchFormAttachment: async () => new Response("", { status: 404 }),
};

const leaves = (node, found = []) => {
  for (const child of node.currentState.children ?? []) {
    if (child.currentState.children != null) leaves(child, found);
    else found.push(child);
  }
  return found;
};

const answer = (node, number) => {
  if (node.currentState.readonly || !node.currentState.relevant) return null;
  if (node.nodeType === "input" && ["string", "int"].includes(node.valueType)) {
    return () => node.setValue(node.valueType === "int" ? BigInt(number % 900) : `answer ${number}`);
  }
  if (node.nodeType === "select" && node.currentState.valueOptions.length > 0) {
    const options = node.currentState.valueOptions;
    return () => node.selectValue(options[number % options.length].value);
  }
  return null;
};

const results = {};
for (const file of files) {
  const xml = readFileSync(file, "utf-8");
  const times = [];
  let root = null;
  try {
    for (let round = 0; round < 3; round += 1) {
      const start = performance.now();
      const form = await loadForm(xml, options);
      if (form.error) throw form.error;
      root = form.createInstance().root;
      times.push(performance.now() - start);
    }
    const answers = [];
    let number = 0;
    for (const node of leaves(root)) {
      number += 1;
      const set = answer(node, number);
      if (set == null) continue;
      const start = performance.now();
      set();
      answers.push(performance.now() - start);
    }
    answers.sort((a, b) => a - b);
    results[file] = {
      open_ms: Math.min(...times),
      answers: answers.length,
      median_ms: answers[Math.floor(answers.length / 2)] ?? 0,
      worst_ms: answers.at(-1) ?? 0,
      memory_mb: process.memoryUsage().rss / 1e6,
    };
  } catch (error) {
    results[file] = { error: String(error).slice(0, 200) };
  }
}
console.log(JSON.stringify(results));
process.exit(0);
