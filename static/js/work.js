// A worker: finds, for each piece of a challenge, the first number whose SHA-256 begins with so many zero bits
// (intake/proof_of_work.py). By hand because the browser's own SHA-256 is asynchronous and many times slower in small pieces.
const PIECES = 16;
const encoder = new TextEncoder();

// The first 32 bits of the fractional parts of the square and cube roots of the first primes (FIPS 180-4).
const primes = [];
for (let one = 2; primes.length < 64; one += 1) {
  if (primes.every((prime) => one % prime)) primes.push(one);
}
const fraction = (root) => ((root - Math.floor(root)) * 4294967296) | 0;
const ROUNDS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const words = new Int32Array(64);
const turned = (value, by) => (value >>> by) | (value << (32 - by));

function mixed(state, view, at) {
  for (let n = 0; n < 16; n += 1) words[n] = view.getInt32(at + n * 4);
  for (let n = 16; n < 64; n += 1) {
    const [early, late] = [words[n - 15], words[n - 2]];
    const one = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const two = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    words[n] = (words[n - 16] + one + words[n - 7] + two) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let n = 0; n < 64; n += 1) {
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[n] + words[n]) | 0;
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  return [a, b, c, d, e, f, g, h].map((value, n) => (value + state[n]) | 0);
}

// The first 32 bits of the digest of a short text.
function firstBits(text) {
  const bytes = encoder.encode(text);
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 128;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  let state = [...START];
  for (let at = 0; at < padded.length; at += 64) state = mixed(state, view, at);
  return state[0] >>> 0;
}

function found(challenge, piece, bits) {
  let number = 0;
  while (bits && firstBits(`${challenge}.${piece}.${number}`) >>> (32 - bits)) number += 1;
  return number;
}

self.addEventListener("message", ({ data: challenge }) => {
  const bits = Math.max(Number(challenge.split(".")[1]) - Math.log2(PIECES), 0);
  self.postMessage(Array.from({ length: PIECES }, (_unused, piece) => found(challenge, piece, bits)).join("."));
});
