#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "runtime/abi/calls/math.h"
#include "runtime/hot/arithmetic.h"
#include "runtime/hot/math.h"

using namespace millrace::abi;

TEST_CASE("doubles are rounded as they are printed") {
  CHECK(mr_round_to(2.675, 2) == 2.68);
  CHECK(mr_round_to(-2.675, 2) == -2.68);
  CHECK(mr_round_to(0.285, 2) == 0.29);
  CHECK(mr_round_to(1.005, 2) == 1.01);
  CHECK(mr_bround_to(2.665, 2) == 2.66);
  CHECK(mr_bround_to(2.675, 2) == 2.68);
  CHECK(mr_round_to(1234.567, -2) == 1200);
  CHECK(mr_round_to(1250, -2) == 1300);
  CHECK(mr_bround_to(1250, -2) == 1200);
  CHECK(mr_round_to(49, -2) == 0);
  CHECK(mr_round_to(50, -2) == 100);
  CHECK(mr_round_to(9.995, 2) == 10.0);
  CHECK(mr_round_to(1e300, 2) == 1e300);
  CHECK(mr_round_to(1e-300, 2) == 0);
  CHECK(mr_round_to(5e-324, 400) == 5e-324);
  CHECK(mr_round_to(0.1, 1) == 0.1);
  CHECK(std::isnan(mr_round_to(std::nan(""), 2)));
  CHECK(mr_round(-2.5) == -3.0);
  CHECK(mr_rint(2.5) == 2.0);
}

TEST_CASE("integers are rounded to tens") {
  int64_t out = 0;
  CHECK((mr_round_int_to(25, -1, &out) && out == 30));
  CHECK((mr_round_int_to(-25, -1, &out) && out == -30));
  CHECK((mr_bround_int_to(25, -1, &out) && out == 20));
  CHECK((mr_round_int_to(25, 3, &out) && out == 25));
  CHECK((mr_round_int_to(INT64_MAX, -19, &out) == false));
  CHECK((mr_round_int_to(4'000'000'000'000'000'000, -19, &out) && out == 0));
  CHECK(!mr_round_int32_to(INT32_MAX, -1, &out));
}

TEST_CASE("division by zero and overflow are NULL") {
  int64_t out = 0;
  double real = 0;
  CHECK(!mr_div_int(1, 0, &out));
  CHECK(!mr_div_int(INT64_MIN, -1, &out));
  CHECK((mr_div_int(-7, 2, &out) && out == -3));
  CHECK((mr_mod_int(-7, 3, &out) && out == -1));
  CHECK((mr_mod_int(INT64_MIN, -1, &out) && out == 0));
  CHECK((mr_pmod_int(-7, 3, &out) && out == 2));
  CHECK((mr_pmod_int(-7, -3, &out) && out == -1));
  CHECK((mr_pmod_int(7, -3, &out) && out == 1));
  CHECK(!mr_pmod_int(7, 0, &out));
  CHECK((mr_pmod_double(-7.5, 3, &real) && real == 1.5));
  CHECK(!mr_mod_double(1, 0, &real));
  CHECK(!mr_abs_bigint(INT64_MIN, &out));
  CHECK(!mr_abs_int(INT32_MIN, &out));
  CHECK((mr_abs_tinyint(-127, &out) && out == 127));
  CHECK(!mr_abs_tinyint(-128, &out));
  CHECK(!mr_ceil_double(1e19, &out));
  CHECK(!mr_floor_double(std::nan(""), &out));
  CHECK((mr_floor_double(-0.5, &out) && out == -1));
}

TEST_CASE("logarithms of nothing are NULL, of NaN NaN") {
  double out = 0;
  CHECK(!mr_ln(0, &out));
  CHECK(!mr_log10(-1, &out));
  CHECK((mr_ln(std::nan(""), &out) && std::isnan(out)));
  CHECK(!mr_log1p(-1, &out));
  CHECK((mr_log_base(2, 8, &out) && out == 3));
}

TEST_CASE("width_bucket counts from either side") {
  int64_t out = 0;
  CHECK((mr_width_bucket(5.3, 0.2, 10.6, 5, &out) && out == 3));
  CHECK((mr_width_bucket(-2.1, 1.3, 3.4, 3, &out) && out == 0));
  CHECK((mr_width_bucket(8.1, 0.0, 5.7, 4, &out) && out == 5));
  CHECK((mr_width_bucket(-0.9, 5.2, 0.5, 2, &out) && out == 3));
  CHECK(!mr_width_bucket(1, 1, 1, 3, &out));
}

TEST_CASE("random numbers lie where they should") {
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double x = mr_rand();
    REQUIRE((x >= 0 && x < 1));
    sum += mr_randn();
  }
  CHECK(std::fabs(sum / 10'000) < 0.1);
}
