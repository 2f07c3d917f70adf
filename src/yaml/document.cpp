// SPDX-License-Identifier: Apache-2.0
#include "yaml/document.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/node/node.h>  // what parser.h declares is then not taken for our Node
#include <yaml-cpp/parser.h>

#include "base/utf8.h"

namespace vedette::yaml {
namespace {

Place place_of(const YAML::Mark& mark) {
  return {std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
}

// yaml-cpp lets any byte through, and what reads the values would then say something else.
bool is_text(std::string_view text) {
  while (!text.empty()) {
    const size_t size = text.front() == '\0' ? 0 : utf8_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

/// Builds the tree from the parser's events. After the first mistake the rest is ignored: the
/// parser itself cannot be told to stop, but it is bounded by the size of the text.
class Builder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    // Where it cannot go on, as at a bracket that nothing opened, the parser gives empty documents
    // without end.
    if (++documents_ > 2) refuse(mark, "nothing can follow here; a file holds one document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(Kind::kNothing, mark, {}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not used here; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (key_expected() && mistake_ == std::nullopt) {
      if (check(mark, tag, anchor)) key_ = Key{value, place_of(mark)};
      return;
    }
    add(Kind::kText, mark, tag, anchor);
    if (!mistake_) last_->text = value;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Kind::kMapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] const std::optional<Mistake>& mistake() const { return mistake_; }
  [[nodiscard]] Node take() { return std::move(root_); }

 private:
  struct Key {
    std::string text;
    Place place;
  };

  void refuse(const YAML::Mark& mark, std::string what) {
    if (!mistake_) mistake_ = Mistake{place_of(mark), std::move(what)};
  }
  [[nodiscard]] bool key_expected() const {
    return !path_.empty() && path_.back()->kind == Kind::kMapping && !key_;
  }
  bool check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      refuse(mark, "anchors (&name) are not used here; leave it out");
    } else if (!tag.empty() && tag != "?" && tag != "!") {
      refuse(mark, "tags (!name) are not used here; leave it out");
    } else if (++nodes_ > kMaxNodes) {
      refuse(mark, "there are more than 100000 values; this is no settings file");
    }
    return !mistake_;
  }
  void add(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    // An empty one is what follows a document that ends with "...".
    if (documents_ > 1 && kind == Kind::kNothing) return;
    if (documents_ > 1) refuse(mark, "a second document begins here; a file holds one");
    if (mistake_ || !check(mark, tag, anchor)) return;
    Node node;
    node.kind = kind;
    node.place = place_of(mark);
    if (path_.empty()) {
      root_ = std::move(node);
      last_ = &root_;
    } else if (path_.back()->kind == Kind::kList) {
      last_ = &path_.back()->items.emplace_back(std::move(node));
    } else if (key_) {
      path_.back()->entries.push_back({std::move(key_->text), key_->place, std::move(node)});
      last_ = &path_.back()->entries.back().value;
      key_.reset();
    } else {
      refuse(mark, "a key must be a word, as in name: Front door");
    }
  }
  // The pointers in path_ stay good: a container grows only while it is the innermost one.
  void open(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (path_.size() >= kMaxDepth) refuse(mark, "this is nested too deeply; 8 levels are enough");
    add(kind, mark, tag, anchor);
    if (!mistake_) path_.push_back(last_);
  }
  void close() {
    if (!mistake_) path_.pop_back();
  }

  Node root_;
  Node* last_ = nullptr;
  std::vector<Node*> path_;
  std::optional<Key> key_;
  std::optional<Mistake> mistake_;
  size_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kNothing:
      return "nothing";
    case Kind::kText:
      return "text";
    case Kind::kList:
      return "a list";
    case Kind::kMapping:
      return "a mapping";
  }
  VEDETTE_ASSERT(false);
}

bool parse(std::string_view text, Node& root, Mistake& mistake) {
  if (text.size() > kMaxBytes) {
    mistake = {{}, "the file is larger than 1 MiB; this is no settings file"};
    return false;
  }
  if (!is_text(text)) {
    mistake = {{}, "the file holds bytes that are no text; write it as UTF-8"};
    return false;
  }
  // yaml-cpp takes a quote that never ends at the end of a file, so a file that was cut off could
  // pass; an explicit end of the document inside a quote is a mistake to it.
  const bool whole = text.empty() || text.ends_with('\n');
  std::istringstream stream(std::string(text) + (whole ? "...\n" : "\n...\n"));
  Builder builder;
  try {
    YAML::Parser parser(stream);
    while (!builder.mistake() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    if (!builder.mistake()) {
      mistake = {place_of(error.mark), "this is not YAML: " + error.msg};
      return false;
    }
  }
  if (builder.mistake()) {
    mistake = *builder.mistake();
    return false;
  }
  root = builder.take();
  return true;
}

}  // namespace vedette::yaml
