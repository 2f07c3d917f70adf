// SPDX-License-Identifier: Apache-2.0
Task run() {
  co_await send({.host = name});
  co_await send(Options(name));
  co_await post([p = std::move(p)] { p->go(); });
  co_await read(socket, buffer, use_awaitable);
  co_await write(std::string("x"), 1);
  if (co_await ready()) { go(); }
}
