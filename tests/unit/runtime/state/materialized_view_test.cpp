#include "runtime/state/materialized_view.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <thread>

#include "runtime/abi/string_ref.h"

namespace millrace {
namespace {

/// A row of the tests: a key that may be NULL, a text, whether it is in the result.
struct Tuple {
  int64_t key;
  abi::StringRef text;
  uint8_t key_is_null;
  uint8_t present;
  uint8_t unused[6];
};

abi::ViewSpec spec_of(abi::ViewKeeping keeping, int64_t max_rows = 1000) {
  abi::ViewSpec spec;
  spec.name = "v";
  spec.keeping = keeping;
  spec.max_rows = max_rows;
  if (keeping != abi::ViewKeeping::Upsert) return spec;
  spec.keys.push_back({offsetof(Tuple, key), offsetof(Tuple, key_is_null), abi::CellKind::Int64});
  spec.present_offset = offsetof(Tuple, present);
  return spec;
}

class ViewWriter {
 public:
  explicit ViewWriter(const abi::ViewSpec& spec) : view(spec), batch_({sizeof(Tuple), {}, -1, {}}) {}

  void add(int64_t key, const std::string& text, bool present = true, bool is_null = false) {
    auto* row = reinterpret_cast<Tuple*>(batch_.append());
    row->key = key;
    row->text = {batch_.arena().copy(text.data(), static_cast<int64_t>(text.size())), static_cast<int64_t>(text.size())};
    row->key_is_null = is_null;
    row->present = present;
  }
  /// What generated code does for a view.
  void copy(const std::vector<char*>& rows) {
    ++copies;
    for (const char* from : rows) {
      Tuple row;
      std::memcpy(&row, from, sizeof row);
      add(row.key, {row.text.data, static_cast<size_t>(row.text.size)}, row.present != 0, row.key_is_null != 0);
    }
  }
  Status commit() {
    return view.commit(batch_, [this](const std::vector<char*>& rows) { copy(rows); });
  }

  MaterializedView view;
  int copies = 0;

 private:
  abi::TupleBuffer batch_;
};

/// `key:text` of each row.
std::string text_of(const ViewSnapshot& snapshot) {
  std::string text;
  for (const char* from : snapshot.rows) {
    Tuple row;
    std::memcpy(&row, from, sizeof row);
    text += (text.empty() ? "" : " ") + (row.key_is_null ? std::string("NULL") : std::to_string(row.key)) + ":" +
            std::string(row.text.data, static_cast<size_t>(row.text.size));
  }
  return text;
}

TEST_CASE("a view accumulates, replaces or upserts") {
  ViewWriter all(spec_of(abi::ViewKeeping::Accumulate));
  ViewWriter last(spec_of(abi::ViewKeeping::Replace));
  ViewWriter groups(spec_of(abi::ViewKeeping::Upsert));
  for (ViewWriter* writer : {&all, &last, &groups}) {
    CHECK(writer->view.snapshot()->rows.empty());
    writer->add(1, "a");
    writer->add(2, "b");
    CHECK(writer->view.snapshot()->rows.empty());  // until the batch is committed
    REQUIRE(writer->commit().ok());
    writer->add(2, "c");
    writer->add(3, "d");
    REQUIRE(writer->commit().ok());
    CHECK(writer->view.snapshot()->batches == 2);
  }
  CHECK(text_of(*all.view.snapshot()) == "1:a 2:b 2:c 3:d");
  CHECK(text_of(*last.view.snapshot()) == "2:c 3:d");
  CHECK(text_of(*groups.view.snapshot()) == "1:a 2:c 3:d");
}

TEST_CASE("a key's rows are replaced together, go when the group has left the result, and may come back") {
  ViewWriter writer(spec_of(abi::ViewKeeping::Upsert));
  writer.add(1, "a");
  writer.add(1, "b");
  writer.add(0, "n", true, true);
  writer.add(0, "z");
  REQUIRE(writer.commit().ok());
  CHECK(text_of(*writer.view.snapshot()) == "1:a 1:b NULL:n 0:z");
  writer.add(1, "c", false);
  writer.add(0, "m", true, true);
  REQUIRE(writer.commit().ok());
  CHECK(text_of(*writer.view.snapshot()) == "NULL:m 0:z");
  writer.add(1, "d");
  REQUIRE(writer.commit().ok());
  CHECK(text_of(*writer.view.snapshot()) == "1:d NULL:m 0:z");
}

TEST_CASE("a batch that would be too large changes nothing") {
  for (const auto keeping : {abi::ViewKeeping::Accumulate, abi::ViewKeeping::Replace, abi::ViewKeeping::Upsert}) {
    ViewWriter writer(spec_of(keeping, 2));
    writer.add(1, "a");
    REQUIRE(writer.commit().ok());
    writer.add(2, "b");
    writer.add(3, "c");
    writer.add(1, "d");
    const Status status = writer.commit();
    REQUIRE_FALSE(status.ok());
    CHECK(status.message().find("more than max_rows = 2") != std::string::npos);
    CHECK(text_of(*writer.view.snapshot()) == "1:a");
  }
}

TEST_CASE("replaced rows are given back, and readers of older batches keep theirs") {
  ViewWriter writer(spec_of(abi::ViewKeeping::Upsert));
  writer.add(-1, "gone", false);
  for (int64_t key = 0; key < 100; ++key) writer.add(key, "first " + std::to_string(key));
  REQUIRE(writer.commit().ok());
  const auto old = writer.view.snapshot();
  const std::string old_text = text_of(*old);
  for (int batch = 0; batch < 300; ++batch) {
    for (int64_t key = 0; key < 100; ++key) writer.add(key, std::to_string(batch));
    REQUIRE(writer.commit().ok());
  }
  CHECK(writer.copies == 2);  // 30,000 rows replaced, 10,000 at a time and a few
  CHECK(text_of(*old) == old_text);
  CHECK(writer.view.snapshot()->rows.size() == 100);
  CHECK(text_of(*writer.view.snapshot()).starts_with("0:299 1:299"));
  writer.add(-1, "back");
  REQUIRE(writer.commit().ok());
  CHECK(text_of(*writer.view.snapshot()).starts_with("-1:back 0:299"));
}

TEST_CASE("a reader on another thread sees whole batches only") {
  constexpr int64_t kKeys = 50;
  constexpr int kBatches = 2000;
  ViewWriter writer(spec_of(abi::ViewKeeping::Upsert));
  std::atomic<int> torn = 0;
  std::thread reader([&view = writer.view, &torn] {
    int64_t batches = 0;
    while (batches < kBatches) {
      const auto snapshot = view.snapshot();
      batches = snapshot->batches;
      if (batches == 0) continue;
      if (snapshot->rows.size() != kKeys) ++torn;
      const std::string expected = std::to_string(batches - 1);
      for (const char* from : snapshot->rows) {
        Tuple row;
        std::memcpy(&row, from, sizeof row);
        if (std::string(row.text.data, static_cast<size_t>(row.text.size)) != expected) ++torn;
      }
    }
  });
  for (int batch = 0; batch < kBatches; ++batch) {
    for (int64_t key = 0; key < kKeys; ++key) writer.add(key, std::to_string(batch));
    REQUIRE(writer.commit().ok());
  }
  reader.join();
  CHECK(torn == 0);
}

TEST_CASE("views are found by number, and outlive being forgotten") {
  MaterializedViews views;
  abi::ViewSpec spec = spec_of(abi::ViewKeeping::Replace);
  spec.id = 7;
  const auto view = views.open(spec);
  CHECK(views.open(spec) == view);
  CHECK(views.find(7) == view);
  views.forget(7);
  CHECK(views.find(7) == nullptr);
  CHECK(view->snapshot()->rows.empty());
}

}  // namespace
}  // namespace millrace
