// Marks what the password still misses while it is typed. The server checks it again.

// Whether a text meets a requirement, by the requirement's code.
const checks = new Map([
  ["too_short", (text, { min }) => characters(text) >= Number(min)],
  ["too_long", (text, { max }) => characters(text) <= Number(max)],
  ["too_many_bytes", (text, { max }) => bytes(text) <= Number(max)],
  ["missing_digit", (text) => /\p{Nd}/u.test(text)],
  ["missing_lowercase", (text) => /\p{Lowercase}/u.test(text)],
  ["missing_uppercase", (text) => /\p{Uppercase}/u.test(text)],
  ["nul_character", (text) => !text.includes("\0")],
]);

// Half a surrogate pair is sent as U+FFFD, one character of three bytes. Both functions count it so.
const characters = (text) => [...text].length;
const bytes = (text) => new TextEncoder().encode(text).length;

const input = document.querySelector("#password");
const list = document.querySelector(".checklist");
const words = list.dataset;
const progress = document.querySelector("#progress");
const show = document.querySelector("#show");

const items = Array.from(list.children, (element) => ({
  element,
  check: checks.get(element.dataset.requirement),
  phrase: element.dataset.phrase ?? element.lastChild.data,
}));

input.addEventListener("input", update);
if (input.value !== "") update();

function update() {
  list.classList.add("live");
  input.removeAttribute("aria-invalid");
  const text = input.value;
  for (const item of items) {
    const verdict = text === "" ? null : item.check?.(text, item.element.dataset) ?? null;
    if (verdict !== item.verdict) mark(item, verdict);
  }
  const sentence = text === "" ? "" : summary();
  if (progress.textContent !== sentence) progress.textContent = sentence;
}

// A verdict is true, false, or null if only the server can check the requirement.
function mark(item, verdict) {
  item.verdict = verdict;
  const { element, phrase } = item;
  element.classList.toggle("met", verdict === true);
  element.classList.toggle("missing", verdict === false);
  element.hidden = "onlyMissing" in element.dataset && verdict !== false;
  element.replaceChildren(phrase);
  if (verdict !== null) {
    const word = document.createElement("span");
    word.className = "hidden";
    word.textContent = `${verdict ? words.met : words.missing} `;
    element.prepend(word);
  }
}

function summary() {
  const missing = items.filter((item) => item.verdict === false);
  if (missing.length > 0) {
    return `${words.missing} ${missing.map((item) => item.phrase).join(words.separator)}`;
  }
  return items.every((item) => item.verdict === true) ? words.all : words.none;
}

show.parentElement.hidden = false;
show.addEventListener("change", () => {
  input.type = show.checked ? "text" : "password";
});
// Browsers offer to save what a password field sends.
input.form.addEventListener("submit", () => {
  show.checked = false;
  input.type = "password";
});
