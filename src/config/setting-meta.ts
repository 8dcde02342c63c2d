import { z } from 'zod';

/** How a setting's text in the environment or a flag is read, and how the documentation names its type. */
export type SettingKind =
  | 'text'
  | 'choice'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'duration'
  | 'size'
  | 'address'
  | 'origin'
  | 'url'
  | 'file'
  | 'map'
  | 'list';

/** What is known of a setting beside its schema. */
export interface SettingMeta {
  readonly kind: SettingKind;
  /** The meaning, one or two sentences for the documentation. */
  readonly about: string;
  /** A valid value that is not the default, as it would stand in the file. */
  readonly example: unknown;
  /** Text in place of the default, where that depends on the machine. */
  readonly defaultText?: string;
  /** For a list of mappings: the keys that an entry may have. */
  readonly itemKeys?: readonly string[];
  /** For a list of mappings: the keys in an entry under which a path of a file stands. */
  readonly fileKeys?: readonly string[];
  /** The sections of an entry in which the same keys, at any depth, are files too; elsewhere they may be anything. */
  readonly fileSections?: readonly string[];
  /** For a list of mappings: the keys in an entry under which a URL stands, whose query may be secret. */
  readonly urlKeys?: readonly string[];
  /** For a list of mappings: the keys in an entry of mappings whose values are not shown, since they may be secret. */
  readonly maskedKeys?: readonly string[];
  /** For a list of mappings: the keys in an entry under which people may put a secret by mistake; problems do not quote it. */
  readonly secretKeys?: readonly string[];
  /** True where a change needs a restart. */
  readonly restart?: boolean;
}

/** What is known of each setting's schema. */
export const settingRegistry = z.registry<SettingMeta>();

/** Attaches what is known of a setting to its schema and returns the schema. */
export function setting<Schema extends z.ZodType>(schema: Schema, meta: SettingMeta): Schema {
  settingRegistry.add(schema, meta);
  return schema;
}
