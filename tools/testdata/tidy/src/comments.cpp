// SPDX-License-Identifier: Apache-2.0
// The camera sends (0, 0); we take that as unknown.
// return early; no.
// if (x) {
// open(file, 2);
// x = y + 1;
// TODO: something
// TODO(#12): something
int a = 1;  // xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
