// Compiles the style sheets and copies the vendored scripts. Run `npm ci && npm run build`, then commit static/ and tests/vendor/.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { NodePackageImporter, compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const modules = join(here, "node_modules");

const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"))).version;

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(path, text.length, "bytes,", brotliCompressSync(text).length, "brotli");
}

function styleSheet(name) {
  const options = { style: "compressed", importers: [new NodePackageImporter(here)], quietDeps: true, charset: false };
  const notice = `@charset "UTF-8";\n/* Built from frontend/${name}.scss. Patterns: govuk-frontend ${version("govuk-frontend")}, MIT, see static/vendor/LICENCES.md */\n`;
  write(`static/css/${name}.css`, notice + compile(join(here, `${name}.scss`), options).css + "\n");
}

// The files are named by their version, so that a page that was cached never meets another one's script.
function vendor(from, to) {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(join(modules, from), join(root, to));
  console.log(to);
}

// npm's copy of govuk-frontend carries no licence file: its text is kept in licences/.
function licences() {
  const texts = {
    "govuk-frontend": join(here, "licences", "govuk-frontend.txt"),
    "htmx.org": join(modules, "htmx.org", "LICENSE"),
  };
  const parts = Object.entries(texts).map(
    ([name, path]) => `## ${name} ${version(name)}\n\n${readFileSync(path, "utf8").trim()}\n`,
  );
  write("static/vendor/LICENCES.md", `# Licences of what is vendored here\n\n${parts.join("\n")}`);
}

styleSheet("citas");
styleSheet("admin");
vendor("htmx.org/dist/htmx.min.js", `static/vendor/htmx-${version("htmx.org")}.min.js`);
vendor("axe-core/axe.min.js", "tests/vendor/axe.min.js");
licences();
