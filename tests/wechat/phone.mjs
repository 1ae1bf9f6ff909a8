// A phone: the pages drawn by miniprogram-simulate (WeChat's own compiler of WXML, in jsdom), and wx as far as the pages
// use it. wx.cloud.callFunction runs the real cloud function, which speaks to the real server.
import { cloudFunction, example, installed } from "./given.mjs";

const { JSDOM } = installed("jsdom");
const { window } = new JSDOM("<!DOCTYPE html>", { pretendToBeVisual: true });
for (const name of ["window", "document", "Event", "CustomEvent", "HTMLElement", "Node", "Element"]) {
  globalThis[name] = name === "window" ? window : window[name];
}
const simulate = installed("miniprogram-simulate");

const component = globalThis.Component;
/** A page is drawn as the component whose methods are the page's functions. */
globalThis.Page = ({ data, ...methods }) => component({ data, methods });

export const phone = { storage: new Map(), opened: [], clipboard: [], online: true, agrees: true, full: false };
export let main = cloudFunction({});
export const connect = (settings) => (main = cloudFunction(settings));

Object.assign(globalThis.wx, {
  cloud: {
    init() {},
    async callFunction({ name, data }) {
      if (!phone.online) throw new Error("cloud.callFunction:fail");
      // what passes between phone and cloud is JSON
      return { result: JSON.parse(JSON.stringify(await main(JSON.parse(JSON.stringify(data))))), name };
    },
  },
  getStorageSync: (key) => (phone.storage.has(key) ? JSON.parse(phone.storage.get(key)) : ""),
  setStorageSync(key, value) {
    if (phone.full) throw new Error("setStorageSync:fail exceed storage max size");
    phone.storage.set(key, JSON.stringify(value));
  },
  setClipboardData: ({ data }) => phone.clipboard.push(data),
  navigateTo: ({ url }) => phone.opened.push(url),
  showModal: async () => ({ confirm: phone.agrees }),
});

/** A page opened with its options as WeChat gives them: not decoded. */
export async function open(path, query = "") {
  const options = Object.fromEntries(query.split("&").filter(Boolean).map((each) => each.split(/=(.*)/s).slice(0, 2)));
  const id = simulate.load(`${example}miniprogram/${path}`, "main", { rootPath: `${example}miniprogram` });
  const drawn = simulate.render(id);
  drawn.attach(document.body.appendChild(document.createElement("div")));
  const page = new Shown(drawn);
  await drawn.instance.onLoad(options);
  return page;
}

class Shown {
  constructor(drawn) {
    this.drawn = drawn;
    this.instance = drawn.instance;
    this.dom = drawn.dom;
  }

  /** Elements of a class of the page. */
  all(name) {
    return [...this.dom.querySelectorAll(`.main--${name}`)];
  }

  texts(name) {
    return this.all(name).map((each) => each.textContent.trim());
  }

  /** Type into the box, as the bound event gives it. */
  async type(words) {
    this.drawn.querySelector(".question").dispatchEvent("input", { detail: { value: words } });
    await simulate.sleep(20);
  }

  /** Tap the nth element of a class, and wait for what it sets off. */
  async tap(name, place = 0) {
    this.drawn.querySelectorAll(`.${name}`)[place].dispatchEvent("tap");
    await this.settled();
  }

  /** Until the page asks for nothing, or for long enough. */
  async settled() {
    for (let waited = 0; waited < 8000; waited += 20) {
      await simulate.sleep(20);
      if (!this.instance.data.asking && !this.instance.data.loading) return;
    }
  }

  close() {
    this.instance.onUnload?.();
    this.drawn.detach();
  }
}
