export type { HttpOptions } from './http-options.ts';
export { refusalOfSite } from './site.ts';
export { createWebServer } from './web-server.ts';
