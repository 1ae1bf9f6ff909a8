// 把文字按要标出的范围切成段，逐段放进 <text>：内容只当文字显示，不当标记解释。

/**
 * text 按 marks 切开：[{text, kind}]，kind 为 "mark" 或 ""。
 * marks 为 [[起, 止], …]，以 UTF-16 码元计，即 JavaScript 字符串的下标；不合理的范围不标。
 */
function segments(text, marks, plain = "") {
  const found = [];
  let at = 0;
  const push = (end, kind) => {
    if (end > at) found.push({ text: text.slice(at, end), kind });
    at = Math.max(at, end);
  };
  for (const [start, end] of [...marks].sort((one, other) => one[0] - other[0])) {
    if (!(start >= at && end > start && end <= text.length)) continue;
    push(start, plain);
    push(end, "mark");
  }
  push(text.length, plain);
  return found;
}

/**
 * 一个条目的文字，引用的一段为 "quoted"，其中回答问题的字句为 "mark"。
 * base、start、end 是服务端的字符位置（码点）；marks 是引文中的范围（UTF-16 码元）。
 */
function passage(text, base, start, end, marks) {
  const signs = Array.from(text);
  const from = start - base;
  const to = end - base;
  if (!(from >= 0 && to > from && to <= signs.length)) return segments(text, []);
  const before = signs.slice(0, from).join("");
  const quoted = signs.slice(from, to).join("");
  const after = signs.slice(to).join("");
  return [...segments(before, []), ...segments(quoted, marks, "quoted"), ...segments(after, [])];
}

/** 范围写进页面地址：46-54,73-106。 */
const written = (marks) => marks.map(([start, end]) => `${start}-${end}`).join(",");

/** 从页面地址读出范围。 */
function read(words) {
  return (words || "")
    .split(",")
    .map((each) => /^(\d{1,9})-(\d{1,9})$/.exec(each))
    .filter(Boolean)
    .map((each) => [Number(each[1]), Number(each[2])]);
}

module.exports = { segments, passage, written, read };
