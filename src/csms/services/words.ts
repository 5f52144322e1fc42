/** What strangers wrote, made fit for a terminal or a log line. */

export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
}

export function printableUrl(url: string): string {
  return URL.canParse(url) ? printable(new URL(url).href) : "with an unreadable URL";
}
