import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useEffect, useState } from 'react';

type ColorMode = 'light' | 'dark';

const CHOSEN = 'havip.colorMode';

function initial(): ColorMode {
  const chosen = localStorage.getItem(CHOSEN);
  if (chosen === 'light' || chosen === 'dark') {
    return chosen;
  }
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Before anybody chooses: what the system prefers. */
applyMode(initial() === 'dark' ? Mode.Dark : Mode.Light);

export function useColorMode(): { mode: ColorMode; toggle: () => void } {
  const [mode, setMode] = useState(initial);
  useEffect(() => applyMode(mode === 'dark' ? Mode.Dark : Mode.Light), [mode]);
  return {
    mode,
    toggle: () => {
      const next = mode === 'dark' ? 'light' : 'dark';
      localStorage.setItem(CHOSEN, next);
      setMode(next);
    },
  };
}
