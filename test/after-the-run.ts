import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Starts a shell that waits for the end of this process, also by `kill -9`: then the pipe between them ends, and it runs `script`.
 * @param folder `$1` of the script
 */
export function afterTheRun(script: string, folder: string): void {
  const shell = spawn('sh', ['-c', `read -r nothing; ${script}`, 'sh', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
}
