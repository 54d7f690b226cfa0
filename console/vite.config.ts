import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Puts a compressed copy beside each text file; the server sends it as it is. */
function compressedCopies(): Plugin {
  let directory = '';
  return {
    name: 'compressed-copies',
    apply: 'build',
    configResolved: (config) => {
      directory = config.build.outDir;
    },
    closeBundle: () => {
      for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
        if (/\.(js|css|html|svg)$/.test(file)) {
          const path = join(directory, file);
          writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: constants.Z_BEST_COMPRESSION }));
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressedCopies()],
  build: {
    outDir: '../target/classes/console',
    emptyOutDir: true,
    // The Content-Security-Policy lets fonts and scripts come from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8470' } },
});
