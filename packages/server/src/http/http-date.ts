/** Makes the Date header of answers: an HTTP date, reckoned once a second. */
export function httpDates(now: () => number): () => string {
  let second = -1;
  let text = '';
  return () => {
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      second = current;
      text = new Date(current * 1000).toUTCString();
    }
    return text;
  };
}
