// SPDX-License-Identifier: Apache-2.0
void f() {
  std::this_thread::sleep_for(1s);
  std::this_thread::sleep_for(1s);  // tidy: real time, waits for a child
}
