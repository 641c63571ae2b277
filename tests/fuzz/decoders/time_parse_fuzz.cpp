#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/scan.h"
#include "runtime/abi/calls/time.h"
#include "runtime/base/duration.h"
#include "runtime/hot/cast.h"
#include "runtime/state/arena.h"
#include "runtime/time/time_zone.h"

namespace {

using namespace millrace;
using namespace millrace::abi;

StringRef ref(const std::string& text) { return {text.data(), static_cast<int64_t>(text.size())}; }

/// A time that was read prints as a text that reads as the same time; years of more than four digits are spelled with a sign.
void check_timestamp(PipelineContext& context, const std::string& text) {
  const StringRef given = ref(text);
  SqlTimestamp time{}, again{};
  if (!mr_cast_string_to_timestamp(&context, &given, &time)) return;
  StringRef printed;
  mr_cast_timestamp_to_string(&context, time, &printed);
  if (mr_cast_string_to_timestamp(&context, &printed, &again) && again == time) return;
  std::fprintf(stderr, "'%s' prints as '%.*s', which reads otherwise\n", text.c_str(), static_cast<int>(printed.size), printed.data);
  std::abort();
}

void check_date(const std::string& text) {
  const StringRef given = ref(text);
  SqlDate date{};
  (void)mr_cast_string_to_date(&given, &date);
}

void check_fields(PipelineContext& context, const std::string& text) {
  std::string value = text + "}";
  const size_t size = value.size();
  value.resize(size + 64);
  int64_t us = 0;
  const int32_t read = mr_json_read_timestamp(&context, value.data(), value.data() + size, &us);
  const int32_t checked = mr_json_check_timestamp(value.data(), value.data() + size);
  if (read != checked) {
    std::fprintf(stderr, "'%s' reads as %d, but is checked as %d\n", text.c_str(), read, checked);
    std::abort();
  }
  const StringRef field = ref(text);
  (void)mr_csv_read_timestamp(&context, &field, &us);
  (void)mr_csv_read_date(&field, &us);
}

}  // namespace

/// A text and, behind a bar, a pattern by which it is read, too.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const size_t bar = input.find('|');
  const std::string text = input.substr(0, bar);
  Arena arena;
  PipelineContext context{};
  context.scratch = &arena;
  context.time_zone = utc_time_zone();
  check_timestamp(context, text);
  check_date(text);
  check_fields(context, text);
  (void)parse_duration_us(text);
  if (bar == std::string::npos) return 0;
  const std::string pattern = input.substr(bar + 1);
  const StringRef string = ref(text), form = ref(pattern);
  SqlTimestamp time{};
  (void)mr_to_timestamp_as(&context, &string, &form, &time);
  return 0;
}
