#include "compiler/jit/code_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "compiler/jit/jit.h"
#include "tests/unit/compiler/jit/ir_samples.h"

namespace millrace {

namespace {

namespace fs = std::filesystem;

extern "C" void cache_test_add(int64_t* sum, int64_t value) noexcept { *sum += value; }

using Total = int64_t (*)(const int64_t*, int64_t);

QueryModule cached_sum() { return ir_samples::sum_loop("cache_test_add", reinterpret_cast<void*>(&cache_test_add)); }

int64_t call_cached(const abi::CompiledCode& code) {
  constexpr int64_t kValues[] = {1, 20, 300};
  return reinterpret_cast<Total>(code.entry[0].load())(kValues, 3);
}

/// A folder that is removed again.
struct Folder {
  std::string path = (fs::temp_directory_path() / ("millrace_cache_" + std::to_string(getpid()))).string();
  Folder() { fs::remove_all(path); }
  ~Folder() { fs::remove_all(path); }
  size_t file_count() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

void optimise_once(const std::string& folder) {
  Jit jit({.cache_folder = folder});
  const auto code = jit.compile(cached_sum());
  REQUIRE(code->request_optimised);
  code->request_optimised();
  jit.wait_until_optimised();
  REQUIRE(call_cached(*code) == 321);
}

/// Whether a Jit begins with optimised code; its answers are right either way.
bool begins_optimised(const std::string& folder) {
  Jit jit({.cache_folder = folder});
  const auto code = jit.compile(cached_sum());
  CHECK(call_cached(*code) == 321);
  return code->optimised_us > 0;
}

}  // namespace

TEST_CASE("Code that one Jit has optimised is what the next one begins with") {
  const Folder folder;
  optimise_once(folder.path);
  CHECK(folder.file_count() == 2);  // of both tiers
  CHECK(begins_optimised(folder.path));
  CHECK_FALSE(begins_optimised(""));
}

TEST_CASE("Damaged code is not used") {
  const Folder folder;
  optimise_once(folder.path);
  for (const auto& entry : fs::directory_iterator(folder.path)) {
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(entry.path()) / 2));
    file.put('\x5a').put('\xa5');
  }
  CHECK_FALSE(begins_optimised(folder.path));
  for (const auto& entry : fs::directory_iterator(folder.path)) fs::resize_file(entry.path(), 20);
  CHECK_FALSE(begins_optimised(folder.path));
}

TEST_CASE("A folder that others may write to is not used") {
  const Folder folder;
  optimise_once(folder.path);
  REQUIRE(chmod(folder.path.c_str(), 0777) == 0);
  CHECK_FALSE(begins_optimised(folder.path));
  REQUIRE(chmod(folder.path.c_str(), 0700) == 0);
  CHECK(begins_optimised(folder.path));
}

TEST_CASE("The cache forgets what was used longest ago") {
  const Folder folder;
  const auto cache = CodeCache::open(folder.path, NativeTarget());
  REQUIRE(cache != nullptr);
  for (size_t i = 0; i <= CodeCache::kMostObjects; ++i) cache->keep("object" + std::to_string(i), "code");
  CHECK(folder.file_count() <= CodeCache::kMostObjects);
  CHECK(cache->find("object" + std::to_string(CodeCache::kMostObjects)) != nullptr);
}

}  // namespace millrace
