// SPDX-License-Identifier: Apache-2.0
// Which codecs of recordings this browser lacks, so that the recorder is asked to convert them. H.264 is
// what others become, and a recording in it is sent as it is, so one answer for all cameras will do.
import { familyOf, lacksH265 } from './codecs';

export class Conversions {
  private wanted = false;

  /** Asks the browser once; until it has answered recordings come as they are. */
  async learn(): Promise<void> {
    if (await lacksH265()) this.wanted = true;
  }

  /** A decoder refused it after all; false when converting is no help, or is asked for already. */
  note(codec: string): boolean {
    const family = familyOf(codec);
    if (this.wanted || family === undefined || family === 'h264') return false;
    this.wanted = true;
    return true;
  }

  /** What is added to the address of a recording. */
  get query(): string {
    return this.wanted ? '&video=h264' : '';
  }
}
