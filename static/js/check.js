// Checks one version of a record in the reader's browser: commitment, way up the tree, signature (c2sp.org/tlog-proof).
// No library: SHA-256 and Ed25519 are the browser's own.

const encoder = new TextEncoder();

class Wrong extends Error {}

function bytes(base64) {
  return Uint8Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

const same = (one, other) => one.length === other.length && one.every((value, at) => value === other[at]);

function parsed(proof) {
  const end = proof.indexOf("\n\n");
  const [format, extra, index, ...hashes] = proof.slice(0, end).split("\n");
  if (format !== "c2sp.org/tlog-proof@v1") throw new Wrong("format");
  const kept = JSON.parse(new TextDecoder().decode(bytes(extra.slice(6))));
  const note = proof.slice(end + 2);
  const cut = note.lastIndexOf("\n\n");
  const text = note.slice(0, cut + 1);
  const [, size, root] = text.split("\n");
  return {
    entry: encoder.encode(kept.entry),
    leaf: JSON.parse(kept.entry),
    salt: bytes(kept.salt),
    index: BigInt(index.slice(6)),
    hashes: hashes.map(bytes),
    text,
    size: BigInt(size),
    root: bytes(root),
    lines: note.slice(cut + 2).split("\n").filter(Boolean),
  };
}

// RFC 9162, 2.1.3.2
async function rootOver(found, index, size, hashes) {
  let last = size - 1n;
  for (const one of hashes) {
    if (last === 0n) return new Uint8Array();
    if (index & 1n || index === last) {
      found = await sha256(Uint8Array.of(1), one, found);
      while (!(index & 1n) && index) [index, last] = [index >> 1n, last >> 1n];
    } else {
      found = await sha256(Uint8Array.of(1), found, one);
    }
    [index, last] = [index >> 1n, last >> 1n];
  }
  return last === 0n ? found : new Uint8Array();
}

// true or false; undefined where the browser knows no Ed25519.
async function isSigned(proof, vkeys) {
  for (const vkey of vkeys) {
    const [name, id, ...rest] = vkey.split("+");
    for (const line of proof.lines) {
      const [, signer, encoded] = line.split(" ");
      const raw = bytes(encoded);
      if (signer !== name || [...raw.slice(0, 4)].map((one) => one.toString(16).padStart(2, "0")).join("") !== id) continue;
      let key;
      try {
        key = await crypto.subtle.importKey("raw", bytes(rest.join("+")).slice(1), { name: "Ed25519" }, false, ["verify"]);
      } catch {
        return undefined;
      }
      return crypto.subtle.verify({ name: "Ed25519" }, key, raw.slice(4), encoder.encode(proof.text));
    }
  }
  return false;
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(address);
  return answer;
}

async function check(record, version, tell) {
  const question = `?version=${version}`;
  const [body, proofText, keys] = await Promise.all([
    fetched(`${record}.json${question}`).then((one) => one.arrayBuffer()),
    fetched(`${record}.tlog-proof${question}`).then((one) => one.text()),
    fetched("/ledger/keys").then((one) => one.json()),
  ]);
  const proof = parsed(proofText);
  const commitment = await sha256(encoder.encode("mingjian/commit/v1\n"), proof.salt, new Uint8Array(body));
  const isThisRecord = record.endsWith(`/${proof.leaf.r}`) && String(proof.leaf.rev) === version;
  if (!tell("text", isThisRecord && same(commitment, bytes(proof.leaf.c)))) return "bad";
  const leaf = await sha256(Uint8Array.of(0), proof.entry);
  const root = await rootOver(leaf, proof.index, proof.size, proof.hashes);
  if (!tell("tree", proof.index < proof.size && same(root, proof.root))) return "bad";
  const signed = await isSigned(proof, keys.map((one) => one.vkey));
  if (signed === undefined) return "unsigned";
  return tell("signature", signed) ? "good" : "bad";
}

function prepare(box) {
  const steps = box.querySelector(".check__steps");
  const tell = (name, ok) => {
    const step = steps.querySelector(`[data-step=${name}]`);
    step.className = ok ? "check__step--good" : "check__step--bad";
    return ok;
  };
  box.hidden = !crypto.subtle;
  box.querySelector("[data-check-start]").addEventListener("click", async () => {
    for (const step of steps.children) step.className = "";
    for (const one of box.querySelectorAll("[data-verdict]")) one.hidden = true;
    steps.hidden = false;
    let verdict;
    try {
      verdict = await check(box.dataset.check, box.dataset.version, tell);
    } catch (error) {
      verdict = error instanceof Wrong ? "bad" : "unable";
    }
    box.querySelector(`[data-verdict=${verdict}]`).hidden = false;
  });
}

for (const box of document.querySelectorAll("[data-check]")) prepare(box);
