// The portal's mark as PNG for a phone's home screen: drawn here from the same shapes as img/mark.svg.
import { deflateSync } from 'node:zlib';

const GROUND = [11, 101, 105];
const INK = [255, 255, 255];
const SUB = 4; // samples a side: smooth edges without a drawing library

const crcTable = Array.from({ length: 256 }, (_one, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc = (bytes) => (bytes.reduce((c, byte) => crcTable[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

function chunk(kind, body) {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc(named), body.length + 8);
  return out;
}

// Distance to a box with round corners, below 0 inside (in the mark's own 24 units).
function box(x, y, half, radius) {
  const dx = Math.abs(x - 12) - half + radius;
  const dy = Math.abs(y - 12) - half + radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}
const stroke = (along, across) => Math.hypot(Math.max(Math.abs(along) - 6, 0), across) - 1.3;

function colourAt(x, y, isWhole) {
  if (!isWhole && box(x, y, 11, 6) > 0) return null;
  const eye = Math.hypot(x - 12, y - 12);
  if (eye <= 2) return GROUND;
  if (eye <= 4) return INK;
  return Math.min(stroke(x - 12, y - 12), stroke(y - 12, x - 12)) <= 0 ? INK : GROUND;
}

// `isWhole` fills the square to its edges, for phones that cut their own shape out of it.
export function iconPng(size, { isWhole = false } = {}) {
  const rows = Buffer.alloc(size * (size * 4 + 1));
  // A phone may cut a fifth off a whole icon: the mark stands smaller in it.
  const span = isWhole ? 32 : 24;
  for (let row = 0; row < size; row += 1) {
    for (let col = 0; col < size; col += 1) {
      const sum = [0, 0, 0, 0];
      for (let n = 0; n < SUB * SUB; n += 1) {
        const x = ((col + ((n % SUB) + 0.5) / SUB) / size - 0.5) * span + 12;
        const y = ((row + (Math.floor(n / SUB) + 0.5) / SUB) / size - 0.5) * span + 12;
        const colour = colourAt(x, y, isWhole);
        if (colour) [0, 1, 2].forEach((k) => { sum[k] += colour[k]; });
        sum[3] += colour ? 1 : 0;
      }
      const at = row * (size * 4 + 1) + 1 + col * 4;
      for (let k = 0; k < 3; k += 1) rows[at + k] = sum[3] ? Math.round(sum[k] / sum[3]) : 0;
      rows[at + 3] = Math.round((sum[3] / (SUB * SUB)) * 255);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8); // eight bits a channel, red, green, blue and alpha
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
