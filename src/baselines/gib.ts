/** Bytes of one GiB: what the document's "GB" of memory are taken for. */
export const GIB = 1024 ** 3;
