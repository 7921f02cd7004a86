/** What the server tells by server-sent events, with its clock turned into that of the page. */

/** How long to wait for a new stream after the browser has given up on one, in milliseconds. */
const RETRY = 2000;

/**
 * Listens for as long as the page is open.
 * @param {{server: Function, heartbeat: Function, conversion: Function, lost: Function}} handlers
 *   called with the event; `heartbeat` also with when it was, in the page's time
 */
export function listen(handlers) {
  const source = new EventSource('/events');
  const clock = new Clock();
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === 'heartbeat') handlers.heartbeat(event, clock.toPage(event.at_ms));
    else handlers[event.type]?.(event);
  };
  source.onopen = () => clock.reset();
  source.onerror = () => {
    handlers.lost();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, RETRY, handlers);
  };
}

/**
 * The difference between the server's clock and the page's: the smallest seen between sending and
 * reading, for whatever is more was delay.
 */
class Clock {
  #difference = Infinity;

  reset() {
    this.#difference = Infinity;
  }

  toPage(serverTime) {
    // It may creep up, as far as two clocks drift apart.
    const creep = 0.005;
    const seen = performance.now() - serverTime;
    this.#difference = Math.min(this.#difference + creep, seen);
    return serverTime + this.#difference;
  }
}
