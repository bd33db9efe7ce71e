/** Calls again and again until the signal aborts; errors go to onError and do not end it. */
export async function poll(milliseconds, signal, call, onError) {
  while (!signal.aborted) {
    try {
      if (!document.hidden) await call();
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
    }
    await new Promise(resolve => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }
}
