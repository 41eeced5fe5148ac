// The one build step: `npm run build` writes portal.css, portal.js, charts.js and diagrams.js into static/dist.
// `--watch` rebuilds while working. Budgets are checked here, so that a fat import fails the build.
import { build, context } from 'esbuild';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Kilobytes (1024 bytes, gzip) each bundle may weigh on a hospital's slow line.
const BUDGET = { 'portal.css': 16, 'portal.js': 25, 'charts.js': 200, 'diagrams.js': 4 };

const options = {
  entryPoints: [
    { in: here('css/portal.css'), out: 'portal' },
    { in: here('js/portal.js'), out: 'portal' },
    { in: here('js/charts.js'), out: 'charts' },
    { in: here('js/diagrams.js'), out: 'diagrams' },
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
