import { createHttp } from './http/http.ts';
import { OpenRequests } from './http/open-requests.ts';
import { startRunning } from './service/running.ts';
import { Service } from './service/service.ts';
import type { ServiceOptions } from './service/service-options.ts';

/**
 * Opens the service with its API: continues with the open work of an earlier run, then receives and sends.
 * @throws StoreError when the database cannot be used
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const running = await startRunning(options);
  const requests = new OpenRequests();
  return new Service(options.number, running, requests, (service) =>
    createHttp(service, requests, options.clock, options.http),
  );
}
