import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ContainerEngine } from './container-engine.ts';
import { closureOf } from './host-files.ts';
import { runProcess } from './start-process.ts';

/** An image made of this machine's own programs, in place of one that a registry would give. */
export interface LocalImage {
  readonly name: string;
  /** Programs and libraries that are taken with all that they need. */
  readonly programs: readonly string[];
  /** Further files, taken as they are. */
  readonly paths?: readonly string[];
  /** Files that are written, by their path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Directories, with the number of the user who owns them. */
  readonly directories?: Readonly<Record<string, number>>;
  /** Directories that everybody may write to, beside /tmp. */
  readonly shared?: readonly string[];
  /** Instructions of a Dockerfile. */
  readonly changes: readonly string[];
}

/** What the shell scripts of the bundle and of its images use. */
const shell = [
  'sh',
  'cat',
  'base64',
  'chmod',
  'chown',
  'env',
  'head',
  'id',
  'ls',
  'mkdir',
  'mv',
  'rm',
  'sleep',
]
  .concat('touch', 'tr', 'wget')
  .map((name) => `/usr/bin/${name}`);

/** Of the C library, by which names are resolved. */
const resolver = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'].map(
  (name) => `/usr/lib/x86_64-linux-gnu/${name}`,
);

const users = [
  'root:x:0:0::/root:/bin/sh',
  'postgres:x:999:999::/tmp:/bin/sh',
  'node:x:1000:1000::/tmp:/bin/sh',
  'nobody:x:65534:65534::/tmp:/bin/sh',
];

const common: Readonly<Record<string, string>> = {
  'etc/passwd': `${users.join('\n')}\n`,
  'etc/group': `${users.map((line) => line.replace(/^(\w+:x:\d+).*/, '$1:')).join('\n')}\n`,
  'etc/nsswitch.conf': 'hosts: files dns\n',
};

async function stage(root: string, image: LocalImage): Promise<void> {
  for (const [path, text] of Object.entries({ ...common, ...image.files })) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), text, { mode: path.includes('bin/') ? 0o755 : 0o644 });
  }
  for (const [path, owner] of Object.entries({ root: 0, ...image.directories })) {
    await mkdir(join(root, path), { recursive: true });
    await chown(join(root, path), owner, owner);
  }
  for (const path of ['tmp', ...(image.shared ?? [])]) {
    await mkdir(join(root, path), { recursive: true });
    await chmod(join(root, path), 0o1777);
  }
}

/** Makes the image; it takes as long as its files take to be copied. */
export async function importImage(engine: ContainerEngine, image: LocalImage): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-image-'));
  try {
    const root = join(folder, 'root');
    await mkdir(root);
    await stage(root, image);
    const links = ['/bin', '/lib', '/lib64', '/sbin'];
    const taken = [
      ...links,
      ...closureOf([...shell, ...resolver, ...image.programs]),
      ...(image.paths ?? []),
    ];
    const list = join(folder, 'list');
    await writeFile(list, [...new Set(taken)].join('\n'));
    const changes = image.changes.map((change) => `--change '${change}'`).join(' ');
    const script = `tar --create --hard-dereference --no-recursion --absolute-names --files-from='${list}' --recursion --directory='${root}' . |
      docker import ${changes} - '${image.name}'`;
    const { code, stderr } = await runProcess({
      command: 'bash',
      args: ['-o', 'pipefail', '-c', script],
      env: engine.env,
    });
    if (code !== 0) throw new Error(`image ${image.name}: want it made, got: ${stderr}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
