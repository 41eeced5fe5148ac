// On the sign-in page nobody is signed in: keys and list of a ward round end here, all of it after signing out.
// What was written down and not sent stays sealed, and opens when the same person signs in again.
const NAME = 'ward';

if (globalThis.indexedDB) {
  if (new URLSearchParams(location.search).has('out')) {
    indexedDB.deleteDatabase(NAME);
    globalThis.caches?.keys().then((names) => names.filter((one) => one.startsWith('ward-')).forEach((one) => caches.delete(one)));
  } else {
    const request = indexedDB.open(NAME);
    // There is none: asking must not make one.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => {
      const passage = request.result.transaction(['keys', 'list'], 'readwrite');
      passage.objectStore('keys').clear();
      passage.objectStore('list').clear();
      passage.oncomplete = () => request.result.close();
    };
    request.onerror = (event) => event.preventDefault();
  }
}
