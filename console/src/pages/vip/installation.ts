/** How to install a keepalived.conf, as the comment at its head says it. */
export function installation(text: string): { sysctl: string; commands: string } {
  const head = text.slice(0, text.indexOf('\n\n'));
  const indented = [...head.matchAll(/^# {3}(.+)$/gm)].map(([, line = '']) => line);
  const isSetting = (line: string) => /^[\w.]+ = /.test(line);
  return {
    // What a setting is for stands behind it, as sysctl would not take it.
    sysctl: lines(indented.filter(isSetting).map((line) => line.replace(/ {2,}.*/, ''))),
    commands: lines(
      indented.filter((line) => !isSetting(line)).map((line) => line.replace(' FILE ', ' keepalived.conf ')),
    ),
  };
}

function lines(all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
