/*
 * What nobody needs before the sign-in or the PIN: all other screens and what sends, in one file that comes once the door
 * is painted. It refuses to be a part of the first load.
 */
import { watch } from "vue";
import RedBar from "./components/RedBar.vue";
import { recover } from "./flows/recording";
import { keepReserve } from "./flows/room";
import { retryNow, startSending } from "./flows/sending";
import { state } from "./flows/state";
import { where } from "./navigation";
import CameraScreen from "./screens/CameraScreen.vue";
import CheckOutScreen from "./screens/CheckOutScreen.vue";
import ConsentScreen from "./screens/ConsentScreen.vue";
import EnrolScreen from "./screens/EnrolScreen.vue";
import HistoryScreen from "./screens/HistoryScreen.vue";
import LetterScreen from "./screens/LetterScreen.vue";
import MeetScreen from "./screens/MeetScreen.vue";
import OutboxScreen from "./screens/OutboxScreen.vue";
import PhonesScreen from "./screens/PhonesScreen.vue";
import PreflightScreen from "./screens/PreflightScreen.vue";
import RescueScreen from "./screens/RescueScreen.vue";
import ResultScreen from "./screens/ResultScreen.vue";
import SettingsScreen from "./screens/SettingsScreen.vue";
import TodayScreen from "./screens/TodayScreen.vue";
import VisitScreen from "./screens/VisitScreen.vue";

const LOOK_MS = 60_000;

const OPEN = {
  today: TodayScreen,
  visit: VisitScreen,
  camera: CameraScreen,
  meet: MeetScreen,
  phones: PhonesScreen,
  letter: LetterScreen,
  result: ResultScreen,
  check_out: CheckOutScreen,
  preflight: PreflightScreen,
  history: HistoryScreen,
  outbox: OutboxScreen,
  settings: SettingsScreen,
};

export { RedBar };

/** The screen of where the phone stands, past the door. */
export function screenBehind(): (typeof OPEN)[keyof typeof OPEN] | typeof EnrolScreen {
  if (state.stage === "enrol") return EnrolScreen;
  if (state.stage === "consent") return ConsentScreen;
  if (state.stage === "rescue") return RescueScreen;
  return OPEN[where.screen];
}

/** From now on what is unsent is sent, and a recording that a crash broke off is found. */
export function beginWork(): void {
  startSending();
  window.setInterval(() => {
    if (state.stage === "open" && state.online) void retryNow();
  }, LOOK_MS);
  watch(
    () => state.stage,
    (stage) => {
      if (stage === "open") void recover().then(keepReserve).then(retryNow);
    },
    { immediate: true },
  );
}
