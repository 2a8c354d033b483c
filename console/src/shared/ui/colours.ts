/** The console's colours; the same thing has the same colour on every page. */
export const colour = {
  ink: '#1f5a70',
  inkSoft: '#8fb3c0',
  treatment: '#d9682b',
  holdout: '#7c8a95',
  good: '#3c8a5a',
  warn: '#c98a1b',
  bad: '#c0483c',
  grid: '#e6e9e7',
  text: '#22303a',
  textSoft: '#5d6b75',
} as const;

/** From a customer of most value to one of least. */
export const tierColour: Record<string, string> = { high: '#1f5a70', middle: '#6a9fb0', low: '#b9cdd4' };

export const stageColour: Record<string, string> = {
  prospect: '#b5b9c4',
  new: '#7fb7a4',
  growing: '#4f9d7c',
  mature: '#2d7a5d',
  cooling: '#d8b365',
  lapsing: '#d98a4e',
  lost: '#a8574a',
};
