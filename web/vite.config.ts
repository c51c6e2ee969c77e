import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// Everything ends up in dist/, which the server embeds: one page, its styles and scripts, nothing from elsewhere.
// Nothing is inlined: the policy of the page allows scripts and styles from files only.
export default defineConfig({
  plugins: [svelte()],
  base: '/',
  build: {
    target: ['chrome125', 'firefox128', 'safari18'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
})
