// 只存在这部手机上的：问过的问题、没有写完的话、字号。
const HISTORY = "history";
const DRAFT = "draft";
const LARGE = "large";
const MOST = 50;

const read = (key, otherwise) => {
  try {
    const found = wx.getStorageSync(key);
    return found === "" || found === undefined ? otherwise : found;
  } catch (error) {
    return otherwise;
  }
};

const write = (key, value) => {
  try {
    wx.setStorageSync(key, value);
  } catch (error) {
    // 存不下不影响提问
  }
};

const history = () => {
  const found = read(HISTORY, []);
  return Array.isArray(found) ? found : [];
};

/** 记下一个问题，最近的在前，重复的只留一次；返回全部。 */
function remember(question) {
  const kept = [question, ...history().filter((each) => each !== question)].slice(0, MOST);
  write(HISTORY, kept);
  return kept;
}

function forget(question) {
  const kept = history().filter((each) => each !== question);
  write(HISTORY, kept);
  return kept;
}

function forgetAll() {
  write(HISTORY, []);
  return [];
}

module.exports = {
  history,
  remember,
  forget,
  forgetAll,
  draft: () => String(read(DRAFT, "")),
  keepDraft: (text) => write(DRAFT, text),
  large: () => read(LARGE, false) === true,
  keepLarge: (large) => write(LARGE, large),
};
