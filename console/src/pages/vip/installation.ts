import type { Software } from '../../api/keepalived';

/** How to install what HAVIP made, as the comment at its head says it. */
export function installation(text: string, software: Software): { file: string; sysctl: string; commands: string } {
  const head = text.slice(0, text.indexOf('\n\n'));
  const indented = [...head.matchAll(/^# {3}(.+)$/gm)].map(([, line = '']) => line);
  const isSetting = (line: string) => /^[\w.]+ = /.test(line);
  // What a setting is for stands behind it, as sysctl would not take it.
  const sysctl = lines(indented.filter(isSetting).map((line) => line.replace(/ {2,}.*/, '')));
  switch (software) {
    case 'keepalived':
      return {
        file: 'keepalived.conf',
        sysctl,
        commands: lines(
          indented.filter((line) => !isSetting(line)).map((line) => line.replace(' FILE ', ' keepalived.conf ')),
        ),
      };
    case 'heartbeat':
      return {
        file: 'setup.sh',
        sysctl,
        commands: lines(['sysctl --system', 'sh setup.sh', 'systemctl restart heartbeat']),
      };
    case 'pacemaker':
      return { file: 'setup.sh', sysctl, commands: lines(['sysctl --system', 'sh setup.sh']) };
  }
}

function lines(all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
