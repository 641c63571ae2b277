#include "runtime/time/watermark.h"

#include <catch2/catch.hpp>

using millrace::Watermark;

TEST_CASE("a watermark is the largest time, floored to a millisecond, less the delay; it never goes back") {
  Watermark watermark(10'000'000);
  CHECK(watermark.value_us() == INT64_MIN);
  watermark.observe(INT64_MIN);
  CHECK(watermark.value_us() == INT64_MIN);
  watermark.observe(30'000'999);
  CHECK(watermark.value_us() == 20'000'000);
  watermark.observe(5'000'000);
  CHECK(watermark.value_us() == 20'000'000);
  watermark.end();
  CHECK(watermark.value_us() == INT64_MAX);
}

TEST_CASE("times before the epoch are floored too, and far ones do no harm") {
  Watermark watermark(0);
  watermark.observe(-1);
  CHECK(watermark.value_us() == -1000);
  Watermark far(10);
  far.observe(INT64_MIN + 5);
  CHECK(far.value_us() == INT64_MIN);
}
