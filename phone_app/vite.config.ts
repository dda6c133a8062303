import vue from "@vitejs/plugin-vue";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
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
      for (const file of filesOf(folder).filter((name) => ZIPPED.test(name)))
        writeFileSync(file + ".gz", gzipSync(readFileSync(file), { level: 9 }));
    },
  };
}

export default defineConfig({
  base: "/app/",
  plugins: [vue(), offline()],
  build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: false },
});
