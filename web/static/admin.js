// Behind the login everything works without this script. It shows how far an upload is, and keeps progress live.
"use strict";

const LOOKS_EVERY = 1000; // milliseconds
const AWAY = "网络中断，文件没有传完。请检查网络后再点“上传”，所选的文件还在。";
const SIGNED_OUT = "登录已过期。请在新的窗口登录，再回到这一页点“上传”，所选的文件还在。";

function upload(form) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const button = form.querySelector("button");
  const say = (words) => {
    part("sending").hidden = true;
    part("refused").textContent = words;
    part("refused").hidden = false;
    button.disabled = false;
  };
  part("refused").hidden = true;
  part("sending").hidden = false;
  button.disabled = true;
  renewed(form).then((isSignedIn) => (isSignedIn ? send(form, part, say) : say(SIGNED_OUT)), () => say(AWAY));
}

// One may have signed in anew in another window: the form needs the token of the session that there is.
async function renewed(form) {
  const answer = await fetch(form.action, { headers: { "X-Fragment": "1" } });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  form.elements.csrf.value = page.querySelector("[data-upload] [name=csrf]").value;
  return true;
}

function send(form, part, say) {
  const sending = new XMLHttpRequest();
  sending.open("POST", form.action);
  sending.setRequestHeader("X-Fragment", "1");
  sending.setRequestHeader("X-CSRF-Token", form.elements.csrf.value);
  sending.upload.addEventListener("progress", (event) => {
    const share = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
    part("sending").querySelector("progress").value = share;
    part("sent").textContent = share < 100 ? `${share}%` : "已送达，正在保存";
  });
  sending.addEventListener("load", () => {
    const made = sending.getResponseHeader("Location");
    if (sending.status === 201 && made) location.assign(made);
    else if (sending.status === 401) say(SIGNED_OUT);
    else say(detail(sending.responseText));
  });
  sending.addEventListener("error", () => say(AWAY));
  sending.send(new FormData(form));
}

function detail(text) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return "服务暂时出错，请稍后再试。";
  }
}

for (const form of document.querySelectorAll("[data-upload]"))
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = form.elements.file.files[0];
    const most = Number(form.dataset.most);
    if (file && file.size > most) {
      const refused = form.querySelector("[data-refused]");
      refused.textContent = `文件有 ${Math.ceil(file.size / 1048576)} MB，超过上限 ${most / 1048576} MB。`;
      refused.hidden = false;
    } else upload(form);
  });

async function look(live) {
  try {
    const answer = await fetch(location.pathname, { headers: { "X-Fragment": "1" } });
    if (answer.status === 401) return location.reload();
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh || !("working" in fresh.dataset)) return location.reload();
      live.replaceChildren(...fresh.childNodes);
    }
  } catch {
    // the network is away for a while; look again
  }
  setTimeout(look, LOOKS_EVERY, live);
}

for (const live of document.querySelectorAll("[data-live][data-working]")) setTimeout(look, LOOKS_EVERY, live);
