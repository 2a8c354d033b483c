import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Relative, so that the console also works behind a proxy that serves it under a path of its own.
  base: './',
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': process.env.REKINDLE_URL ?? 'http://127.0.0.1:8080' } },
  build: {
    outDir: process.env.CONSOLE_OUT ?? 'dist',
    emptyOutDir: true,
    // ECharts is a chunk of its own, loaded when the first chart is shown.
    chunkSizeWarningLimit: 1100,
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
});
