// The addresses of the static files; each carries its content's hash, so that a browser keeps it for good and never shows an old one.

export type Assets = { stylesheet: string; icon: string; scripts: readonly string[] };
