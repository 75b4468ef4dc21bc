/** What one device remembers about how its user likes things: row density. Nothing of the work itself. */
const KEY = 'baxing.density';
export const DENSITIES = ['compact', 'normal', 'roomy'] as const;
export type Density = (typeof DENSITIES)[number];

const stored = (): Density => {
  try {
    const value = localStorage.getItem(KEY);
    return DENSITIES.find((density) => density === value) ?? 'normal';
  } catch {
    return 'normal';
  }
};

let density = $state<Density>(stored());

export const preferences = {
  get density(): Density {
    return density;
  },
  set density(value: Density) {
    density = value;
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // Private windows may refuse: the choice then lasts as long as the page.
    }
  },
};
