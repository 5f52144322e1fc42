/** What requests for a transfer of files have in common: where to, and how often to try. */

/** How SupportedFileTransferProtocols and FileTransferProtocols name them, by their scheme; what a station may be sent to at all. */
const protocols: Readonly<Record<string, string>> = {
  "ftp:": "FTP",
  "ftps:": "FTPS",
  "sftp:": "SFTP",
  "http:": "HTTP",
  "https:": "HTTPS",
};

/**
 * Whether files may go there: a CSMS does not choose files of the station itself.
 *
 * @param supported names of protocols; all of them when empty.
 */
export function mayTransfer(location: string, supported: readonly string[]): boolean {
  const protocol = URL.canParse(location) ? protocols[new URL(location).protocol] : undefined;
  return protocol !== undefined && (supported.length === 0 || supported.includes(protocol));
}

/** EVerest counts attempts, OCPP those after the first. */
export function attemptsOf({ retries, retryInterval }: { readonly retries?: number; readonly retryInterval?: number }) {
  return {
    ...(retries === undefined ? {} : { retries: Math.max(0, retries) + 1 }),
    ...(retryInterval === undefined ? {} : { retry_interval_s: retryInterval }),
  };
}
