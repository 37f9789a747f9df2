import { register } from 'node:module';

// Loaded before everything else: LMDB is opened as a broken engine would open it.
register('./overlapping-sync-loader.mjs', import.meta.url);
