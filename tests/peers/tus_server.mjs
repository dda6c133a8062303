// @tus/server with its file store, as its documentation starts it.
import http from "node:http";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [port, directory] = process.argv.slice(2);
const server = new Server({ path: "/files", datastore: new FileStore({ directory }), maxSize: 2 ** 40 });
http.createServer((request, response) => server.handle(request, response)).listen(Number(port), "127.0.0.1");
