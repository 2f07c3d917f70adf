// SPDX-License-Identifier: Apache-2.0
// Which moments in the URL are the page's own writing. A busy page shows an address some time after it was
// written, when a later one may have been written already: that is no wish of a person to go back there.

/** What a URL says: a moment, or none, which is live. */
export type Moment = string | undefined;

export class OwnMoments {
  private readonly underWay: Moment[] = [];
  private newest: Moment;

  constructor(newest?: Moment) {
    this.newest = newest;
  }

  /** The last one that was written here or came from elsewhere. */
  get last(): Moment {
    return this.newest;
  }

  write(moment: Moment): void {
    this.newest = moment;
    this.underWay.push(moment);
  }

  /** Of a URL that is shown now: true when somebody else wrote it, so that the playhead has to follow. */
  isForeign(moment: Moment): boolean {
    const at = this.underWay.indexOf(moment);
    if (at >= 0) {
      this.underWay.splice(0, at + 1);
      return false;
    }
    if (moment === this.newest) return false;
    this.underWay.length = 0;
    this.newest = moment;
    return true;
  }
}
