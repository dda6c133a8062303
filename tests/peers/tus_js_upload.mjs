// tus-js-client, unchanged, as a phone might use it: uploads a file, told by JSON on the command line, and resumes.
import { openSync, readSync, closeSync, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const asked = JSON.parse(process.argv[2]);
const size = statSync(asked.path).size;
const content = Buffer.alloc(size);
const file = openSync(asked.path, "r");
readSync(file, content, 0, size, 0);
closeSync(file);

const upload = new Upload(content, {
  endpoint: asked.url,
  headers: asked.headers,
  metadata: asked.metadata,
  retryDelays: Array(asked.retries).fill(1000 * asked.pause),
  uploadDataDuringCreation: Boolean(asked.with_creation),
  ...(asked.chunk ? { chunkSize: asked.chunk } : {}),
  onError(error) {
    console.error(String(error));
    process.exitCode = 1;
  },
  onSuccess(payload) {
    const sha256 = payload?.lastResponse?.getHeader("Fieldvisit-Sha256") ?? null;
    console.log(JSON.stringify({ url: upload.url, sha256 }));
  },
});
upload.start();
