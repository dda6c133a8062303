import { createApp } from "vue";
import App from "./App.vue";
import { startNavigation } from "./navigation";
import { installOffline, onThrown } from "./ports/phone";
import "./style.css";
import { noteThrown } from "./flows/noting";
import { start } from "./flows/session";
import { state } from "./flows/state";
import { startWords } from "./words";

onThrown(noteThrown);
startWords();
startNavigation();
void start().then(() => {
  createApp(App).mount("#app");
  void installOffline((takeOver) => {
    state.newer = takeOver;
  });
});
