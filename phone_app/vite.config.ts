import vue from "@vitejs/plugin-vue";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const ZIPPED = /\.(?:js|css|html|webmanifest)$/;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Lays the service worker beside the app with the list of the app's files, and a compressed copy of each text. */
function offline(): Plugin {
  let folder = "";
  return {
    name: "fieldvisit-offline",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      const files = filesOf(folder).filter((file) => !file.endsWith("sw.js"));
      const digest = createHash("sha256");
      for (const file of files) digest.update(readFileSync(file));
      const names = files.map((file) => "/app/" + relative(folder, file).replace(/^index\.html$/, ""));
      const worker = readFileSync("src/service_worker.js", "utf-8")
        .replace("__FILES__", JSON.stringify(names))
        .replace("__EDITION__", digest.digest("hex").slice(0, 16));
      writeFileSync(join(folder, "sw.js"), worker);
      for (const file of filesOf(folder).filter((name) => ZIPPED.test(name))) {
        writeFileSync(file + ".gz", gzipSync(readFileSync(file), { level: 9 }));
        writeFileSync(file + ".br", brotliCompressSync(readFileSync(file)));
      }
    },
  };
}

/** Puts the style into the page: a file of its own took the line that was open, and the script waited for another. */
function styleInPage(): Plugin {
  return {
    name: "fieldvisit-style-in-page",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("the build made no page");
      let html = String(page.source);
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== "asset" || !name.endsWith(".css")) continue;
        const link = new RegExp(`\\s*<link rel="stylesheet"[^>]*${file.fileName}"[^>]*>`);
        if (!link.test(html)) throw new Error(`the page does not load ${name}`);
        html = html.replace(link, () => `\n    <style>${String(file.source).trim()}</style>`);
        Reflect.deleteProperty(bundle, name);
      }
      page.source = html;
    },
  };
}

export default defineConfig({
  base: "/app/",
  plugins: [vue(), styleInPage(), offline()],
  define: { __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false" },
  build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: false },
});
