/**
 * Where a URL leads: its host, an IPv6 address without brackets, and its port, that of the scheme where it names none
 * (RFC 6455 section 3).
 */
export function hostAndPort({ hostname, port, protocol }: URL): { host: string; port: number } {
  const secure = protocol === "wss:" || protocol === "https:";
  return {
    host: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    port: port === "" ? (secure ? 443 : 80) : Number(port),
  };
}
