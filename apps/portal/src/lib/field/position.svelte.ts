/** Where the phone is. Asks for permission only when a page needs it (`ask`); keeps watching while something uses it. */
export interface Here {
  readonly longitude: number;
  readonly latitude: number;
  /** Metres. */
  readonly accuracy: number;
  /** The device's clock, epoch ms. */
  readonly at: number;
}

export type PositionState = 'idle' | 'asking' | 'known' | 'denied' | 'unavailable';

const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 15_000, timeout: 30_000 };

let here = $state.raw<Here | null>(null);
let state = $state<PositionState>('idle');
let watch: number | undefined;

function ask(): void {
  if (watch !== undefined) return;
  if (!('geolocation' in navigator)) {
    state = 'unavailable';
    return;
  }
  if (here === null) state = 'asking';
  watch = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      here = { longitude: coords.longitude, latitude: coords.latitude, accuracy: Math.round(coords.accuracy), at: timestamp };
      state = 'known';
    },
    (fault) => {
      if (fault.code === fault.PERMISSION_DENIED) {
        stop();
        here = null;
        state = 'denied';
      } else if (here === null) state = 'unavailable';
    },
    OPTIONS,
  );
}

function stop(): void {
  if (watch !== undefined) navigator.geolocation.clearWatch(watch);
  watch = undefined;
}

export const position = {
  get here(): Here | null {
    return here;
  },
  get state(): PositionState {
    return state;
  },
  ask,
  stop,
  /** Again after a refusal or a failure. */
  again(): void {
    stop();
    ask();
  },
  /** Starts without a question, where permission was given before. */
  async resume(): Promise<void> {
    try {
      const permission = await navigator.permissions.query({ name: 'geolocation' });
      if (permission.state === 'granted') ask();
      else if (permission.state === 'denied') state = 'denied';
    } catch {
      // A browser without the question: the page that needs the place asks.
    }
  },
};
