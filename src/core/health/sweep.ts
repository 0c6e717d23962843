import { Distribution, SCORE_BOUNDARIES, scoreBucket } from "../distribution.ts";
import { SIZE_BOUNDARIES, sizeBucket } from "../traffic.ts";
import type { qualityGrade } from "./quality.ts";

/** What one sweep finds out about the open connections of one attribute set. */
export class Swept {
  bufferedAmount = 0;
  maxBufferedAmount = 0;
  slowConsumers = 0;
  maxAge = 0;
  /** Whether `bufferedAmount` is known for any connection. */
  buffers = false;
  readonly byAge: Map<string, number> = new Map<string, number>();
  readonly byGrade: Map<ReturnType<typeof qualityGrade>, number> = new Map<ReturnType<typeof qualityGrade>, number>();
  /** One measurement for each connection and sweep; these go on, the others begin anew with each sweep. */
  readonly bufferedAmounts: Distribution = new Distribution(SIZE_BOUNDARIES, sizeBucket);
  readonly qualities: Distribution = new Distribution(SCORE_BOUNDARIES, scoreBucket);

  /** Begins a sweep. A group that had connections before is reported as 0 and not left out. */
  begin(): void {
    this.bufferedAmount = 0;
    this.maxBufferedAmount = 0;
    this.slowConsumers = 0;
    this.maxAge = 0;
    for (const group of this.byAge.keys()) this.byAge.set(group, 0);
    for (const grade of this.byGrade.keys()) this.byGrade.set(grade, 0);
  }

  buffered(bytes: number): void {
    this.buffers = true;
    this.bufferedAmount += bytes;
    if (bytes > this.maxBufferedAmount) this.maxBufferedAmount = bytes;
    this.bufferedAmounts.add(bytes);
  }

  aged(seconds: number, group: string): void {
    if (seconds > this.maxAge) this.maxAge = seconds;
    this.byAge.set(group, (this.byAge.get(group) ?? 0) + 1);
  }

  graded(grade: ReturnType<typeof qualityGrade>): void {
    this.byGrade.set(grade, (this.byGrade.get(grade) ?? 0) + 1);
  }
}
