/** Gives the browser the page for times without network; with it, it can install the site. */

if ('serviceWorker' in navigator) {
  addEventListener('load', () => {
    // Where this fails, all works but the page that says that there is no network.
    navigator.serviceWorker
      .register('/sw.js', { updateViaCache: 'none' })
      .catch(() => {});
  });
}
