// What the phone keeps of the ward round, sealed with AES-GCM under keys that no script can read out.
// The list's key is made here and dies with the session; the entries' key is the person's own: the
// server gives it to nobody else, so what waits stays closed until the same person signs in again.
const NAME = 'ward';
const STORES = ['keys', 'list', 'queue'];

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => STORES.forEach((one) => request.result.createObjectStore(one, { keyPath: 'id' }));
  return asked(request);
}

// Without https there is neither sealing nor a worker: the tab's own memory serves while it is open.
function inMemory() {
  const kept = Object.fromEntries(STORES.map((one) => [one, new Map()]));
  return {
    isLasting: false,
    get: async (store, id) => kept[store].get(id),
    all: async (store) => [...kept[store].values()],
    put: async (store, row) => { kept[store].set(row.id, row); },
    drop: async (store, id) => { kept[store].delete(id); },
    empty: async (...stores) => stores.forEach((one) => kept[one].clear()),
  };
}

export async function openStore() {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return inMemory();
  try {
    const base = await opened();
    // Signing out deletes the database: an open page must not hold it back.
    base.onversionchange = () => base.close();
    const within = (store, mode = 'readonly') => base.transaction(store, mode).objectStore(store);
    const written = (store, act) => new Promise((done, failed) => {
      const passage = base.transaction(store, 'readwrite');
      act(passage);
      passage.oncomplete = () => done();
      passage.onerror = passage.onabort = () => failed(passage.error);
    });
    return {
      isLasting: true,
      get: (store, id) => asked(within(store).get(id)),
      all: (store) => asked(within(store).getAll()),
      put: (store, row) => written(store, (p) => p.objectStore(store).put(row)),
      drop: (store, id) => written(store, (p) => p.objectStore(store).delete(id)),
      empty: (...stores) => written(stores, (p) => stores.forEach((one) => p.objectStore(one).clear())),
    };
  } catch {
    return inMemory();
  }
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
const usage = ['encrypt', 'decrypt'];

export const newKey = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usage);
export const keyFrom = (base64) => crypto.subtle.importKey('raw', bytesOf(base64), 'AES-GCM', false, usage);

// `bound` is authenticated with the text: a sealed entry cannot be put into another's place.
export async function seal(key, value, bound) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const additionalData = new TextEncoder().encode(bound);
  return { iv, box: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain) };
}

export async function unseal(key, { iv, box }, bound) {
  const additionalData = new TextEncoder().encode(bound);
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, box);
  return JSON.parse(new TextDecoder().decode(plain));
}
