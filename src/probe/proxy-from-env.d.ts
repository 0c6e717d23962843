/** The package has no types. */
declare module "proxy-from-env" {
  /** The URL of the proxy for a URL, as the environment variables say; empty for none. */
  export function getProxyForUrl(url: string): string;
}
