#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/hot/aggregates/approx_count_distinct.h"
#include "runtime/hot/aggregates/bits.h"
#include "runtime/hot/aggregates/count.h"
#include "runtime/hot/aggregates/covariance.h"
#include "runtime/hot/aggregates/first_last.h"
#include "runtime/hot/aggregates/min_max.h"
#include "runtime/hot/aggregates/min_max_by.h"
#include "runtime/hot/aggregates/moments.h"
#include "runtime/hot/aggregates/sum.h"
#include "tests/unit/runtime/functions/call.h"

using namespace millrace;
using namespace millrace::abi;

namespace {

const double kNaN = std::nan("");

/// Adds the values to two states, cut at every place, and merges the second into the first: the answers for each cut.
template <class State, class Add, class Merge, class Result, class Value>
std::vector<Value> all_cuts(Add add, Merge merge, Result result, const std::vector<Value>& values) {
  std::vector<Value> answers;
  for (size_t cut = 0; cut <= values.size(); ++cut) {
    State first{};
    State second{};
    for (size_t i = 0; i < values.size(); ++i) add(i < cut ? &first : &second, values[i]);
    merge(&first, &second);
    Value answer{};
    REQUIRE(result(&first, &answer));
    answers.push_back(answer);
  }
  return answers;
}

}  // namespace

TEST_CASE("integer sums overflow only in the end") {
  const std::vector<int64_t> values{INT64_MAX, INT64_MAX, INT64_MIN, -5};
  for (int64_t sum : all_cuts<SumIntState>(&mr_sum_int_add, &mr_sum_int_merge, &mr_sum_int_result, values)) {
    CHECK(sum == INT64_MAX - 1 - 5);
  }
  SumIntState state{};
  int64_t out = 0;
  CHECK(!mr_sum_int_result(&state, &out));
  mr_sum_int_add(&state, INT64_MAX);
  CHECK(mr_sum_int_result(&state, &out));
  mr_sum_int_add(&state, 1);
  CHECK(!mr_sum_int_result(&state, &out));
  mr_sum_int_add(&state, -1);
  CHECK((mr_sum_int_result(&state, &out) && out == INT64_MAX));
  SumIntState below{};
  mr_sum_int_add(&below, INT64_MIN);
  CHECK((mr_sum_int_result(&below, &out) && out == INT64_MIN));
  mr_sum_int_add(&below, -1);
  CHECK(!mr_sum_int_result(&below, &out));
}

TEST_CASE("averages and sums of doubles are NULL over nothing") {
  SumDoubleState state{};
  double out = 0;
  CHECK(!mr_sum_double_result(&state, &out));
  CHECK(!mr_avg_result(&state, &out));
  mr_sum_double_add(&state, 1);
  mr_sum_double_add(&state, 2);
  CHECK((mr_avg_result(&state, &out) && out == 1.5));
}

TEST_CASE("NaN is the largest double") {
  for (double x : all_cuts<ExtremeDoubleState>(&mr_max_double_add, &mr_max_double_merge, &mr_extreme_double_result,
                                               std::vector<double>{1, kNaN, std::numeric_limits<double>::infinity()})) {
    CHECK(std::isnan(x));
  }
  for (double x : all_cuts<ExtremeDoubleState>(&mr_min_double_add, &mr_min_double_merge, &mr_extreme_double_result,
                                               std::vector<double>{kNaN, 2, -1, kNaN})) {
    CHECK(x == -1);
  }
}

TEST_CASE("extremes of integers and booleans") {
  for (int64_t x : all_cuts<ExtremeIntState>(&mr_min_int_add, &mr_min_int_merge, &mr_extreme_int_result,
                                             std::vector<int64_t>{5, INT64_MIN, 7})) {
    CHECK(x == INT64_MIN);
  }
  for (int64_t x : all_cuts<ExtremeIntState>(&mr_max_int_add, &mr_max_int_merge, &mr_extreme_int_result, std::vector<int64_t>{-5, -7})) {
    CHECK(x == -5);
  }
  ExtremeIntState state{};
  bool out = true;
  CHECK(!mr_boolean_result(&state, &out));
  mr_every_add(&state, true);
  CHECK((mr_boolean_result(&state, &out) && out));
  mr_every_add(&state, false);
  CHECK((mr_boolean_result(&state, &out) && !out));
}

TEST_CASE("string states keep their bytes") {
  KeptString least{};
  KeptString greatest{};
  StringRef out;
  CHECK(!mr_extreme_string_result(&least, &out));
  for (std::string word : {"pear", "apple", "", "quince", "zoo"}) {
    const StringRef value = millrace::ref(word);
    mr_min_string_add(nullptr, &least, &value);
    mr_max_string_add(nullptr, &greatest, &value);
    word.assign(word.size(), '#');  // the input's bytes are gone
  }
  REQUIRE(mr_extreme_string_result(&least, &out));
  CHECK(text(out).empty());
  REQUIRE(mr_extreme_string_result(&greatest, &out));
  CHECK(text(out) == "zoo");
  KeptString merged{};
  mr_max_string_merge(nullptr, &merged, &least);
  mr_max_string_merge(nullptr, &merged, &greatest);
  mr_max_string_merge(nullptr, &merged, &least);
  REQUIRE(mr_extreme_string_result(&merged, &out));
  CHECK(text(out) == "zoo");
}

TEST_CASE("first and last go by arrival, however states are merged") {
  OrderedIntState early{};
  OrderedIntState late{};
  mr_first_int_add(&late, 30, Sequence{3});
  mr_first_int_add(&early, 10, Sequence{1});
  mr_first_int_add(&early, 20, Sequence{2});
  mr_first_int_merge(&late, &early);
  int64_t out = 0;
  CHECK((mr_ordered_int_result(&late, &out) && out == 10));
  OrderedStringState last{};
  OrderedStringState other{};
  const StringRef a = ref("a long word");
  const StringRef b = ref("b");
  mr_last_string_add(nullptr, &last, &b, Sequence{5});
  mr_last_string_add(nullptr, &other, &a, Sequence{4});
  mr_last_string_merge(nullptr, &last, &other);
  StringRef word;
  CHECK((mr_ordered_string_result(&last, &word) && text(word) == "b"));
  mr_last_string_add(nullptr, &last, &a, Sequence{6});
  CHECK((mr_ordered_string_result(&last, &word) && text(word) == "a long word"));
}

TEST_CASE("variances do not cancel, and merge") {
  const std::vector<double> values{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
  for (double x : all_cuts<VarianceState>(&mr_variance_add, &mr_variance_merge, &mr_var_samp_result, values)) CHECK(x == Approx(30));
  for (double x : all_cuts<VarianceState>(&mr_variance_add, &mr_variance_merge, &mr_stddev_pop_result, values)) {
    CHECK(x == Approx(std::sqrt(22.5)));
  }
  VarianceState one{};
  double out = 0;
  CHECK(!mr_var_pop_result(&one, &out));
  mr_variance_add(&one, 5);
  CHECK(!mr_var_samp_result(&one, &out));
  CHECK(!mr_stddev_samp_result(&one, &out));
  CHECK((mr_var_pop_result(&one, &out) && out == 0));
}

TEST_CASE("skewness and kurtosis agree with their definitions") {
  const std::vector<double> values{-10, -20, 100, 1000};
  for (double x : all_cuts<MomentsState>(&mr_moments_add, &mr_moments_merge, &mr_skewness_result, values)) {
    CHECK(x == Approx(1.1135657469022011));
  }
  for (double x : all_cuts<MomentsState>(&mr_moments_add, &mr_moments_merge, &mr_kurtosis_result, values)) {
    CHECK(x == Approx(-0.7014368047529618));
  }
  MomentsState flat{};
  double out = 0;
  mr_moments_add(&flat, 1);
  mr_moments_add(&flat, 1);
  CHECK(!mr_skewness_result(&flat, &out));
}

TEST_CASE("covariance, correlation and regression merge") {
  const double xs[] = {1, 2, 3, 4};
  const double ys[] = {2, 4, 5, 9};
  for (size_t cut = 0; cut <= 4; ++cut) {
    CovarianceState a{};
    CovarianceState b{};
    for (size_t i = 0; i < 4; ++i) mr_regression_add(i < cut ? &a : &b, ys[i], xs[i]);
    mr_covariance_merge(&a, &b);
    double out = 0;
    CHECK((mr_regr_slope_result(&a, &out) && out == Approx(2.2)));
    CHECK((mr_regr_intercept_result(&a, &out) && out == Approx(-0.5)));
    CHECK((mr_covar_samp_result(&a, &out) && out == Approx(11.0 / 3)));
    CHECK((mr_corr_result(&a, &out) && out == Approx(11 / std::sqrt(5 * 26.0))));
    CHECK((mr_regr_r2_result(&a, &out) && out == Approx(121 / (5 * 26.0))));
  }
  CovarianceState one{};
  double out = 0;
  mr_covariance_add(&one, 1, 1);
  CHECK(!mr_corr_result(&one, &out));
  CHECK(!mr_covar_samp_result(&one, &out));
}

TEST_CASE("min_by and max_by take the earliest of equals") {
  IntByDoubleState state{};
  IntByDoubleState other{};
  mr_max_int_by_double_add(&state, 1, 5.0, Sequence{2});
  mr_max_int_by_double_add(&other, 2, 5.0, Sequence{1});
  mr_max_int_by_double_merge(&state, &other);
  int64_t out = 0;
  CHECK((mr_int_by_double_result(&state, &out) && out == 2));
  mr_max_int_by_double_add(&state, 3, kNaN, Sequence{3});
  CHECK((mr_int_by_double_result(&state, &out) && out == 3));
  StringByIntState words{};
  const StringRef a = ref("a");
  const StringRef b = ref("bb");
  mr_min_string_by_int_add(nullptr, &words, &a, 2, Sequence{1});
  mr_min_string_by_int_add(nullptr, &words, &b, 1, Sequence{2});
  StringRef word;
  CHECK((mr_string_by_int_result(&words, &word) && text(word) == "bb"));
}

TEST_CASE("bits combine") {
  for (int64_t x : all_cuts<BitsState>(&mr_bit_and_add, &mr_bit_and_merge, &mr_bits_result, std::vector<int64_t>{7, 6, 12})) CHECK(x == 4);
  for (int64_t x : all_cuts<BitsState>(&mr_bit_xor_add, &mr_bit_xor_merge, &mr_bits_result, std::vector<int64_t>{7, 6, 12})) CHECK(x == 13);
}

TEST_CASE("sketches count distinct values nearly, and merge") {
  for (int64_t values : {0, 1, 10, 300, 5'000, 100'000}) {
    SketchState odd{};
    SketchState even{};
    for (int64_t i = 0; i < values; ++i) {
      mr_approx_int_add(i % 2 == 0 ? &even : &odd, i);
      mr_approx_int_add(&odd, i / 2);
    }
    mr_approx_merge(&odd, &even);
    const double error = static_cast<double>(mr_approx_result(&odd) - values);
    CHECK(std::fabs(error) <= 0.15 * static_cast<double>(values));
  }
}
