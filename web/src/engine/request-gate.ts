// SPDX-License-Identifier: Apache-2.0
// How many requests for recordings are under way at once. A browser opens six connections to a server
// and lets the rest wait in a queue of its own, where nothing can be changed any more; here whoever
// finds no room asks again with the next turn of the clock, for what is wanted by then.

const most = 5;
/** Left free by whatever is only fetched ahead. */
const keptFree = 2;

export class RequestGate {
  private inside = 0;

  enter(urgent: boolean): boolean {
    if (this.inside >= (urgent ? most : most - keptFree)) return false;
    this.inside += 1;
    return true;
  }

  leave(): void {
    this.inside -= 1;
  }
}
