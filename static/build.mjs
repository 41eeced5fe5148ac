// The one build step: `npm run build` writes the bundles named in BUDGET and the icons into static/dist.
// `--watch` rebuilds while working. Budgets are checked here, so that a fat import fails the build.
import { build, context } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { iconPng } from './icons.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Kilobytes (1024 bytes, gzip) each bundle may weigh on a hospital's slow line.
const BUDGET = {
  'portal.css': 16,
  'portal.js': 25,
  'charts.js': 200,
  'diagrams.js': 4,
  'viewer.js': 1,
  'blackening.js': 2,
  'ward.css': 3,
  'ward.js': 8,
  'ward_worker.js': 3,
  'ward_gate.js': 1,
};

const options = {
  entryPoints: [
    { in: here('css/portal.css'), out: 'portal' },
    { in: here('js/portal.js'), out: 'portal' },
    { in: here('js/charts.js'), out: 'charts' },
    { in: here('js/diagrams.js'), out: 'diagrams' },
    { in: here('js/viewer.js'), out: 'viewer' },
    { in: here('js/blackening.js'), out: 'blackening' },
    { in: here('css/ward.css'), out: 'ward' },
    { in: here('js/ward.js'), out: 'ward' },
    { in: here('js/ward_worker.js'), out: 'ward_worker' },
    { in: here('js/ward_gate.js'), out: 'ward_gate' },
  ],
  outdir: here('dist'),
  bundle: true,
  minify: true,
  format: 'iife',
  // Hospital desks run Chromium builds several years old.
  target: ['chrome90', 'firefox88', 'safari14.1'],
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'linked',
  logLevel: 'warning',
};

rmSync(here('dist'), { recursive: true, force: true });
mkdirSync(here('dist'));
for (const size of [180, 192, 512]) writeFileSync(here(`dist/icon-${size}.png`), iconPng(size, { isWhole: size === 180 }));
writeFileSync(here('dist/icon-maskable-512.png'), iconPng(512, { isWhole: true }));
if (process.argv.includes('--watch')) {
  await (await context({ ...options, logLevel: 'info' })).watch();
} else {
  await build(options);
  let isFat = false;
  for (const [name, limit] of Object.entries(BUDGET)) {
    const size = gzipSync(readFileSync(here(`dist/${name}`)), { level: 9 }).length / 1024;
    isFat ||= size > limit;
    console.log(`${name.padEnd(12)} ${size.toFixed(1).padStart(6)} KB gzip, budget ${limit} KB`);
  }
  if (isFat) {
    console.error('A bundle is over its budget: see static/build.mjs.');
    process.exitCode = 1;
  }
}
