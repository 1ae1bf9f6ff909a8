// What the Python test hands over: a real server and keys to it, and where npm's packages are.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

export const { address, key, narrow, slow, modules } = JSON.parse(process.env.YIYANG_TEST);
export const example = fileURLToPath(new URL("../../web/examples/wechat/", import.meta.url));
export const ours = createRequire(example);
export const installed = createRequire(`${modules}/node_modules/`);

/** The cloud function, with what its console would set. */
export function cloudFunction(settings) {
  process.env.YIYANG_URL = settings.url ?? address;
  process.env.YIYANG_KEY = settings.key ?? key;
  return ours("./cloudfunctions/ask/index.js").main;
}
