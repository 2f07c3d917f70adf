// SPDX-License-Identifier: Apache-2.0
// More cameras than fit: the names scroll, and the lanes beside them go along.
import { useEffect, useState } from 'react';
import { lanePitch } from './measures';

/** Share of the page that lanes may take; the pictures are the page. */
const mostOfPage = 0.28;
const fewest = 3;

/** How many of `count` lanes are shown at once on a page this high. */
export const lanesInSight = (count: number, pageHeight: number): number =>
  Math.min(count, Math.max(fewest, Math.floor((pageHeight * mostOfPage) / lanePitch)));

export function useLanesInSight(count: number): number {
  const [height, setHeight] = useState(window.innerHeight);
  useEffect(() => {
    const measure = () => setHeight(window.innerHeight);
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  return lanesInSight(count, height);
}
