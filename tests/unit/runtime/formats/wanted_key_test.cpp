#include "runtime/formats/wanted_key.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace millrace;

namespace {

/// Asks for the key that a record writes as `spelling` between its quotes, after `before`.
int32_t find_spelled(const KeyTable& table, const std::string& spelling, const std::string& before = "{\"other\": 1, ") {
  const std::string text = std::string(64, ' ') + before + '"' + spelling + "\":";
  return table.find_before(text.data() + text.size() - 2);
}

std::vector<WantedKey> keys_of(const std::vector<std::string>& texts) {
  std::vector<WantedKey> keys;
  for (const std::string& text : texts) keys.emplace_back(text);
  return keys;
}

}  // namespace

TEST_CASE("keys of every size are found by what stands in front of their closing quotes", "[formats]") {
  std::vector<std::string> texts;
  for (size_t size = 0; size <= 40; ++size) texts.push_back(std::string("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU").substr(0, size));
  const std::vector<WantedKey> keys = keys_of(texts);
  const KeyTable table(keys);
  for (size_t size = 0; size <= 40; ++size) {
    CAPTURE(size);
    const auto field = static_cast<int32_t>(size);
    CHECK(table.find(texts[size]) == field);
    const int32_t found = find_spelled(table, texts[size]);
    CHECK(found == (size <= 15 ? field : KeyTable::kUnclear));
    CHECK(find_spelled(table, texts[size] + '!') == (size < 15 ? -1 : KeyTable::kUnclear));
  }
}

TEST_CASE("a key that only ends as a wanted one is not that key", "[formats]") {
  const std::vector<WantedKey> keys = keys_of({"k", "key", "a key"});
  const KeyTable table(keys);
  CHECK(find_spelled(table, "monkey") == -1);
  CHECK(find_spelled(table, "a key") == 2);
  CHECK(find_spelled(table, "key") == 1);
  CHECK(find_spelled(table, "ke") == -1);
}

TEST_CASE("what may hold an escape is not told at a glance", "[formats]") {
  const std::vector<WantedKey> keys = keys_of({"key", "\\u006bey"});
  const KeyTable table(keys);
  CHECK(find_spelled(table, "\\u006bey") == KeyTable::kUnclear);
  CHECK(find_spelled(table, "a \\\"key") == KeyTable::kUnclear);
}

TEST_CASE("of two keys with one text the first is found", "[formats]") {
  const std::vector<WantedKey> keys = keys_of({"x", "y", "x"});
  const KeyTable table(keys);
  CHECK(find_spelled(table, "x") == 0);
  CHECK(find_spelled(table, "y") == 1);
}

TEST_CASE("a key of a zero byte is not the empty key", "[formats]") {
  const std::vector<WantedKey> keys = keys_of({std::string(1, '\0')});
  const KeyTable table(keys);
  CHECK(find_spelled(table, "") == -1);
  CHECK(table.find(std::string(1, '\0')) == 0);
}
