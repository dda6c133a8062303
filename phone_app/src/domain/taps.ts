/** What an impatient thumb asks for again while it is being done is done once: each time would be a record of its own. */
export function oneAtATime(act: () => Promise<void>): () => Promise<void> {
  let running = false;
  return async () => {
    if (running) return;
    running = true;
    try {
      await act();
    } finally {
      running = false;
    }
  };
}
