import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { packageFile } from '../../modem/package-file.ts';
import type { Service } from '../service/service.ts';
import { PAGE_HTML, PAGE_STYLE } from './page.ts';

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Routes without a key, besides health: the application descriptor (JAD), the description of the API, the merchant's page. */
export async function publicRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/d/:file',
    {
      schema: {
        tags: ['service'],
        summary:
          'The application descriptor (JAD) of a phone and the application (JAR), as long as its activation lasts and while it is active',
        params: z.object({ file: z.string().regex(/^[0-9a-f]{32}\.ja[dr]$/, 'expected the link of an activation') }),
        produces: ['text/vnd.sun.j2me.app-descriptor', 'application/java-archive'],
      },
    },
    async (request, reply) => {
      const [linkToken = '', kind] = request.params.file.split('.');
      if (kind === 'jar')
        return reply.type('application/java-archive').send(Buffer.from(await service.downloads.jar(linkToken)));
      const descriptor = await service.downloads.descriptor(linkToken);
      return reply.type('text/vnd.sun.j2me.app-descriptor; charset=utf-8').send(descriptor);
    },
  );

  routes.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());

  pageRoutes(app);
}

function pageRoutes(app: FastifyInstance): void {
  const schema = { hide: true };
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
  });
  app.get('/', { schema }, async (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE_HTML));
  app.get('/page.css', { schema }, async (_request, reply) => reply.type('text/css; charset=utf-8').send(PAGE_STYLE));
  for (const [name, script] of pageScripts()) {
    app.get(`/${name}`, { schema }, async (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').send(script),
    );
  }
}

/** The page's modules as the compiler wrote them; none before `npm run build`. */
function pageScripts(): ReadonlyMap<string, string> {
  const folder = packageFile('dist/server/pages');
  const names = filesOf(folder).filter((name) => name.endsWith('.js'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
