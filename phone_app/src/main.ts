import { createApp } from "vue";
import App from "./App.vue";
import { startNavigation } from "./navigation";
import { installOffline } from "./ports/phone";
import "./style.css";
import { startSending } from "./work/sending";
import { start } from "./work/session";
import { state } from "./work/state";
import { startWords } from "./words";

startWords();
startNavigation();
startSending();
void installOffline((takeOver) => {
  state.newer = takeOver;
});
void start().then(() => createApp(App).mount("#app"));
