/** A cgroup hierarchy that is mounted somewhere. */
export interface CgroupMount {
  readonly version: 1 | 2;
  /** Which cgroup stands at the mount point, e.g. `/` or `/docker/4a1f`. */
  readonly root: string;
  readonly mountPoint: string;
  /** Of version 1: what it controls, e.g. `cpu` and `cpuacct`. */
  readonly controllers: readonly string[];
}

/** A process's cgroup in one hierarchy. */
export interface CgroupMembership {
  /** Empty for version 2. */
  readonly controllers: readonly string[];
  /** As seen from the reader's cgroup namespace: begins with `/..` if it is outside. */
  readonly path: string;
}

/** Finds the cgroup hierarchies in the text of `/proc/<pid>/mountinfo` (proc_pid_mountinfo(5)). */
export function parseCgroupMounts(text: string): readonly CgroupMount[] {
  return text.split('\n').flatMap((line): CgroupMount[] => {
    // A variable number of optional fields ends with a lone hyphen.
    const [before = '', after = ''] = line.split(' - ', 2);
    const [, , , root, mountPoint] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (root === undefined || mountPoint === undefined) return [];
    const place = { root: unescape(root), mountPoint: unescape(mountPoint) };
    if (type === 'cgroup2') return [{ version: 2, ...place, controllers: [] }];
    if (type === 'cgroup') return [{ version: 1, ...place, controllers: options.split(',') }];
    return [];
  });
}

// Blanks and backslashes stand there as three octal digits.
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
}

/** Reads the text of `/proc/<pid>/cgroup` (cgroups(7)). */
export function parseCgroupMemberships(text: string): readonly CgroupMembership[] {
  return text.split('\n').flatMap((line): CgroupMembership[] => {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (!match) return [];
    const [, controllers = '', path = ''] = match;
    return [{ controllers: controllers === '' ? [] : controllers.split(','), path }];
  });
}

/**
 * The folders that hold a controller's limits for a process: its own cgroup's
 * first, then up to the mount point. Version 1 where the controller is attached
 * to it (a hybrid machine), else version 2. Empty if none of the mounts shows
 * the process's cgroup.
 */
export function cgroupFolders(
  controller: string,
  memberships: readonly CgroupMembership[],
  mounts: readonly CgroupMount[],
): { readonly version: 1 | 2; readonly folders: readonly string[] } {
  const first = memberships.find(({ controllers }) => controllers.includes(controller));
  const membership = first ?? memberships.find(({ controllers }) => controllers.length === 0);
  const version = first ? 1 : 2;
  if (membership === undefined) return { version, folders: [] };
  const mount = mounts
    .filter((one) => one.version === version && (version === 2 || one.controllers.includes(controller)))
    .filter(({ root }) => isWithin(membership.path, root))
    // The one that shows the most of the hierarchy.
    .toSorted((one, other) => one.root.length - other.root.length)[0];
  if (mount === undefined) return { version, folders: [] };
  const below = membership.path.slice(mount.root === '/' ? 0 : mount.root.length);
  const names = below.split('/').filter((name) => name !== '');
  const folders = [...names.keys(), names.length].map((depth) =>
    [mount.mountPoint, ...names.slice(0, depth)].join('/'),
  );
  return { version, folders: folders.toReversed() };
}

function isWithin(path: string, root: string): boolean {
  if (root === '/') return path !== '/..' && !path.startsWith('/../');
  return path === root || path.startsWith(`${root}/`);
}
