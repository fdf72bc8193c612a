// Books the first free visit for the first patient of an account. Node 18 or newer, nothing to install.
//   node docs/book.mjs http://localhost:8000 TOKEN [specialty]
// TOKEN: the last word of `manage.py api_token --email paciente@example.com --scope own --expires 1d`
import { randomUUID } from "node:crypto";

const [site, token, specialty] = process.argv.slice(2);

async function ask(method, path, body, more = {}) {
  const headers = { Authorization: `Bearer ${token}`, "Accept-Language": "en", ...more };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(site + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

function fail({ status, body }) {
  console.error(`${status} ${body.title}: ${body.detail} (${body.request_id})`);
  process.exit(1);
}

const patients = await ask("GET", "/api/patients?limit=1");
if (patients.status !== 200) fail(patients);
if (!patients.body.items.length) fail({ status: 404, body: { title: "No patient", detail: "add one first" } });
const patient = patients.body.items[0].id;

const search = new URLSearchParams({ limit: 1, ...(specialty && { specialty }) });
const free = await ask("GET", `/api/doctors/available-slots?${search}`);
if (free.status !== 200) fail(free);
let wanted = [free.body.items[0] ?? free.body.next_free].filter(Boolean);

let booked;
while (wanted.length) {
  // The key makes a repeated request harmless; another time is another request.
  booked = await ask("POST", "/api/appointments", { ...wanted[0], patient }, { "Idempotency-Key": randomUUID() });
  if (booked.status !== 409) break;
  wanted = booked.body.nearest ?? []; // somebody was faster: the five nearest come with the refusal
}
if (booked?.status !== 201) fail(booked ?? { status: 404, body: { title: "Nothing free", detail: "ask later" } });
const visit = await ask("GET", booked.headers.get("Location"));
console.log(`${visit.body.reference} ${visit.body.starts_at} ${visit.body.zone}`);
