import assert from "node:assert/strict";
import { test } from "node:test";
import { ours } from "./given.mjs";

const { segments, passage, read, written } = ours("./miniprogram/services/marking.js");
const shape = (found) => found.map(({ text, kind }) => [text, kind]);

for (const [name, text, marks, expected] of [
  ["nothing marked", "甲乙", [], [["甲乙", ""]]],
  ["in the middle", "甲乙丙", [[1, 2]], [["甲", ""], ["乙", "mark"], ["丙", ""]]],
  ["all of it", "甲乙", [[0, 2]], [["甲乙", "mark"]]],
  ["two, not in order", "甲乙丙丁", [[3, 4], [0, 1]], [["甲", "mark"], ["乙丙", ""], ["丁", "mark"]]],
  ["overlapping: the first stays", "甲乙丙", [[0, 2], [1, 3]], [["甲乙", "mark"], ["丙", ""]]],
  ["beyond the end", "甲乙", [[1, 9]], [["甲乙", ""]]],
  ["backwards, and not numbers", "甲乙", [[2, 1], [NaN, 2]], [["甲乙", ""]]],
  ["a character of two units", "\u{20000}乙丙", [[2, 3]], [["\u{20000}", ""], ["乙", "mark"], ["丙", ""]]],
  ["markup is text", "<b>甲</b>", [[3, 4]], [["<b>", ""], ["甲", "mark"], ["</b>", ""]]],
  ["no text", "", [], []],
]) {
  test(`segments: ${name}`, () => assert.deepEqual(shape(segments(text, marks)), expected));
}

test("a passage counts characters, its marks code units", () => {
  const text = "\u{20000}甲\u{20001}乙丙丁";
  assert.deepEqual(shape(passage(text, 100, 101, 105, [[3, 4]])), [
    ["\u{20000}", ""],
    ["甲\u{20001}", "quoted"],
    ["乙", "mark"],
    ["丙", "quoted"],
    ["丁", ""],
  ]);
});

test("a range outside of the passage marks nothing", () => {
  for (const [start, end] of [[99, 101], [100, 100], [101, 107], [NaN, NaN]]) {
    assert.deepEqual(shape(passage("甲乙丙", 100, start, end, [])), [["甲乙丙", ""]]);
  }
});

test("marks come back from an address as they were", () => {
  assert.deepEqual(read(written([[46, 54], [73, 106]])), [[46, 54], [73, 106]]);
  for (const words of ["", undefined, "x", "1-", "-1-2", "1-2-3", "9".repeat(20)]) assert.deepEqual(read(words), []);
});
