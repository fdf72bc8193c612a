// The little that HTML alone does not do. Every page works without it.
"use strict";

// The error summary, or the answer to what was just sent, is heard first.
function focusAnswer(root) {
  const answer = root.querySelector("[data-error-summary], [data-focus]");
  if (answer) answer.focus();
}

// A line of the summary leads into the field, also where its target is a group of choices.
function focusField(event) {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  if (!link) return;
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  const field = target.matches("fieldset, div") ? target.querySelector("input, select, textarea") || target : target;
  event.preventDefault();
  (target.closest(".govuk-form-group, fieldset") || target).scrollIntoView();
  field.focus({ preventScroll: true });
}

// A double click sends one form once. The server holds that anyway: this spares the wait for an answer nobody sees.
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || form.closest("[data-hx-post], [data-hx-boost]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  setTimeout(() => delete form.dataset.sent, 3000);
}

function showPrintButtons(root) {
  for (const button of root.querySelectorAll("[data-print][hidden]")) button.hidden = false;
}

document.addEventListener("click", focusField);
document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
document.addEventListener("submit", sendOnce);
// Back from the next page: the form must be sendable again.
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
document.addEventListener("htmx:afterSettle", (event) => {
  focusAnswer(event.target);
  showPrintButtons(event.target);
});
// autofocus has done this where the browser knows it on any element; asking before its turn would be refused.
window.addEventListener("load", () => requestAnimationFrame(() => document.activeElement === document.body && focusAnswer(document)));
showPrintButtons(document);

// What is typed and not yet sent outlives a refresh, the way back and a broken connection: this tab keeps it. What has
// been sent the server keeps, so that the tab forgets it on the page that sending leads to.
const typedHere = `typed:${location.pathname}`;

function keepTyped(event) {
  const form = event.target.closest("form[data-keep]");
  if (!form) return;
  const typed = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  sessionStorage.setItem(typedHere, JSON.stringify(typed));
}

function showTyped() {
  const form = document.querySelector("form[data-keep]");
  const kept = sessionStorage.getItem(typedHere);
  if (!form || !kept) return;
  const typed = JSON.parse(kept);
  for (const field of form.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    const values = typed.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
}

function noteSent(event) {
  if (event.target.matches("[data-forget]")) sessionStorage.clear();
  else if (event.target.matches("[data-keep]")) sessionStorage.setItem("sent", location.pathname);
}

function forgetSent() {
  const sent = sessionStorage.getItem("sent");
  const before = document.referrer && new URL(document.referrer).pathname;
  if (sent === location.pathname) sessionStorage.removeItem("sent");
  else if (sent && sent === before) {
    sessionStorage.removeItem(`typed:${sent}`);
    sessionStorage.removeItem("sent");
  }
}

forgetSent();
showTyped();
document.addEventListener("input", keepTyped);
document.addEventListener("submit", noteSent);
