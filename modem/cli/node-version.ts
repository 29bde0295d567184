// Every executable imports this file first: an old Node must say so before it fails on syntax that it does not know.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Node 22.18 or newer is needed, this is ${process.versions.node}: install Node 24 and try again\n`,
  );
  process.exit(2);
}
