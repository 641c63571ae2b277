#include "compiler/functions/aggregate_order.h"

#include <algorithm>

#include "compiler/functions/native_function.h"
#include "runtime/hot/aggregates/approx_count_distinct.h"
#include "runtime/hot/aggregates/bits.h"
#include "runtime/hot/aggregates/count.h"
#include "runtime/hot/aggregates/decimal.h"
#include "runtime/hot/aggregates/min_max.h"
#include "runtime/hot/aggregates/sum.h"

namespace millrace {

using namespace abi;

bool merges_in_any_order(const AggregateFunction& function) {
  // Counts and whole numbers add up; the least of several parts is the least, whichever is looked at first.
  static const void* const kMerges[] = {
      native_function<&mr_count_merge>().address,      native_function<&mr_sum_int_merge>().address,
      native_function<&mr_min_int_merge>().address,    native_function<&mr_max_int_merge>().address,
      native_function<&mr_min_double_merge>().address, native_function<&mr_max_double_merge>().address,
      native_function<&mr_min_string_merge>().address, native_function<&mr_max_string_merge>().address,
      native_function<&mr_bit_and_merge>().address,    native_function<&mr_bit_or_merge>().address,
      native_function<&mr_bit_xor_merge>().address,    native_function<&mr_approx_merge>().address,
      native_function<&mr_sum_decimal_merge>().address, native_function<&mr_min_decimal_merge>().address,
      native_function<&mr_max_decimal_merge>().address,
  };
  // What takes the number of a row goes by that.
  return function.takes_sequence || std::find(std::begin(kMerges), std::end(kMerges), function.merge.address) != std::end(kMerges);
}

}  // namespace millrace
