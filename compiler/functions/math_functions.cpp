#include "compiler/functions/registry_row.h"
#include "compiler/functions/scalar_registry.h"
#include "runtime/abi/calls/math.h"
#include "runtime/hot/arithmetic.h"
#include "runtime/hot/math.h"

namespace millrace {

using namespace abi;

namespace {

void add_rounding(std::vector<ScalarFunction>& rows) {
  rows.push_back(scalar<&mr_abs_tinyint>("abs", "abs(CAST(-3 AS TINYINT)) -> 3").takes(0, TypeKind::TinyInt).returns_first());
  rows.push_back(scalar<&mr_abs_smallint>("abs", "abs(CAST(-3 AS SMALLINT)) -> 3").takes(0, TypeKind::SmallInt).returns_first());
  rows.push_back(scalar<&mr_abs_int>("abs", "abs(-3) -> 3").takes(0, TypeKind::Int).returns_first());
  rows.push_back(scalar<&mr_abs_bigint>("abs", "abs(-3L) -> 3"));
  rows.push_back(scalar<&mr_abs_double>("abs", "abs(-2.5D) -> 2.5").floating(0).returns_first());
  for (const char* name : {"ceil", "ceiling"}) {
    rows.push_back(scalar<&mr_ceil_int>(name, "ceil(3) -> 3"));
    rows.push_back(scalar<&mr_ceil_double>(name, "ceil(-0.5D) -> 0"));
  }
  rows.push_back(scalar<&mr_floor_int>("floor", "floor(3) -> 3"));
  rows.push_back(scalar<&mr_floor_double>("floor", "floor(-0.5D) -> -1"));
  rows.push_back(scalar<&mr_same_int>("round", "round(25) -> 25").integral(0).returns_first());
  rows.push_back(scalar<&mr_round>("round", "round(-2.5D) -> -3.0").floating(0).returns_first());
  rows.push_back(scalar<&mr_round_int8_to>("round", "round(CAST(25 AS TINYINT), -1) -> 30").takes(0, TypeKind::TinyInt).returns_first());
  rows.push_back(scalar<&mr_round_int16_to>("round", "round(CAST(525 AS SMALLINT), -2) -> 500").takes(0, TypeKind::SmallInt).returns_first());
  rows.push_back(scalar<&mr_round_int32_to>("round", "round(25, -1) -> 30").takes(0, TypeKind::Int).returns_first());
  rows.push_back(scalar<&mr_round_int_to>("round", "round(25L, -1) -> 30"));
  rows.push_back(scalar<&mr_round_to>("round", "round(2.675D, 2) -> 2.68"));
  rows.push_back(scalar<&mr_round_float_to>("round", "round(CAST(2.5 AS FLOAT), 0) -> 3.0").takes(0, TypeKind::Float).returns_first());
  rows.push_back(scalar<&mr_same_int>("bround", "bround(25) -> 25").integral(0).returns_first());
  rows.push_back(scalar<&mr_rint>("bround", "bround(2.5D) -> 2.0").floating(0).returns_first());
  rows.push_back(scalar<&mr_bround_int8_to>("bround", "bround(CAST(25 AS TINYINT), -1) -> 20").takes(0, TypeKind::TinyInt).returns_first());
  rows.push_back(scalar<&mr_bround_int16_to>("bround", "bround(CAST(525 AS SMALLINT), -1) -> 520").takes(0, TypeKind::SmallInt).returns_first());
  rows.push_back(scalar<&mr_bround_int32_to>("bround", "bround(25, -1) -> 20").takes(0, TypeKind::Int).returns_first());
  rows.push_back(scalar<&mr_bround_int_to>("bround", "bround(25L, -1) -> 20"));
  rows.push_back(scalar<&mr_bround_to>("bround", "bround(2.665D, 2) -> 2.66"));
  rows.push_back(scalar<&mr_bround_float_to>("bround", "bround(CAST(2.5 AS FLOAT), 0) -> 2.0").takes(0, TypeKind::Float).returns_first());
  rows.push_back(scalar<&mr_rint>("rint", "rint(2.5D) -> 2.0"));
  for (const char* name : {"sign", "signum"}) rows.push_back(scalar<&mr_sign>(name, "sign(-40.0D) -> -1.0"));
}

void add_signs_and_chance(std::vector<ScalarFunction>& rows) {
  rows.push_back(scalar<&mr_same_int>("positive", "positive(-3) -> -3").integral(0).returns_first());
  rows.push_back(scalar<&mr_same_double>("positive", "positive(-3.5D) -> -3.5").floating(0).returns_first());
  rows.push_back(scalar<&mr_negative_int>("negative", "negative(3) -> -3").takes(0, TypeKind::Int).returns_first());
  rows.push_back(scalar<&mr_negative_bigint>("negative", "negative(3L) -> -3"));
  rows.push_back(scalar<&mr_negative_double>("negative", "negative(3.5D) -> -3.5").floating(0).returns_first());
  rows.push_back(scalar<&mr_factorial>("factorial", "factorial(5) -> 120"));
  for (const char* name : {"rand", "random"}) rows.push_back(scalar<&mr_rand>(name, "rand() < 1 -> true").changes());
  rows.push_back(scalar<&mr_randn>("randn", "randn() IS NULL -> false").changes());
  rows.push_back(scalar<&mr_seeded_rand>("__seeded_rand", "").changes());
  rows.push_back(scalar<&mr_seeded_randn>("__seeded_randn", "").changes());
  rows.push_back(scalar<&mr_seeded_randstr>("__seeded_randstr", "").changes());
  rows.push_back(scalar<&mr_next_id>("__next_id", "").changes());
  rows.push_back(scalar<&mr_uuid>("uuid", "length(uuid()) -> 36").changes());
}

void add_powers(std::vector<ScalarFunction>& rows) {
  rows.push_back(scalar<&mr_sqrt>("sqrt", "sqrt(4) -> 2.0"));
  rows.push_back(scalar<&mr_cbrt>("cbrt", "cbrt(27.0D) -> 3.0"));
  rows.push_back(scalar<&mr_exp>("exp", "exp(0) -> 1.0"));
  rows.push_back(scalar<&mr_expm1>("expm1", "expm1(0) -> 0.0"));
  rows.push_back(scalar<&mr_ln>("ln", "ln(1) -> 0.0"));
  rows.push_back(scalar<&mr_ln>("log", "log(1) -> 0.0"));
  rows.push_back(scalar<&mr_log_base>("log", "log(10, 100) -> 2.0"));
  rows.push_back(scalar<&mr_log2>("log2", "log2(8) -> 3.0"));
  rows.push_back(scalar<&mr_log10>("log10", "log10(1000) -> 3.0"));
  rows.push_back(scalar<&mr_log1p>("log1p", "log1p(0) -> 0.0"));
  for (const char* name : {"pow", "power"}) rows.push_back(scalar<&mr_pow>(name, "pow(2, 10) -> 1024.0"));
  rows.push_back(scalar<&mr_hypot>("hypot", "hypot(3, 4) -> 5.0"));
}

void add_division(std::vector<ScalarFunction>& rows) {
  // A remainder of INTs is one: it is smaller than the divisor.
  const auto of_ints = [](ScalarRow row) { return std::move(row).takes(0, TypeKind::Int).takes(1, TypeKind::Int).returns(TypeKind::Int); };
  rows.push_back(of_ints(scalar<&mr_mod_int>("mod", "mod(-7, 3) -> -1")));
  rows.push_back(of_ints(scalar<&mr_pmod_int>("pmod", "pmod(-7, 3) -> 2")));
  rows.push_back(scalar<&mr_mod_int>("mod", "mod(-7L, 3) -> -1"));
  rows.push_back(scalar<&mr_mod_double>("mod", "mod(-7.5D, 3) -> -1.5"));
  rows.push_back(scalar<&mr_pmod_int>("pmod", "pmod(-7L, 3) -> 2"));
  rows.push_back(scalar<&mr_pmod_double>("pmod", "pmod(-7.5D, 3) -> 1.5"));
}

void add_operators(std::vector<ScalarFunction>& rows) {
  using enum TypeKind;
  rows.push_back(scalar<&mr_add_int>("try_add", "try_add(2147483647, 1) -> NULL").takes(0, Int).takes(1, Int).returns(Int));
  rows.push_back(scalar<&mr_add_bigint>("try_add", "try_add(1L, 2) -> 3"));
  rows.push_back(scalar<&mr_add_double>("try_add", "try_add(1.5D, 2) -> 3.5"));
  rows.push_back(scalar<&mr_subtract_int>("try_subtract", "try_subtract(1, 2) -> -1").takes(0, Int).takes(1, Int).returns(Int));
  rows.push_back(scalar<&mr_subtract_bigint>("try_subtract", "try_subtract(1L, 2) -> -1"));
  rows.push_back(scalar<&mr_subtract_double>("try_subtract", "try_subtract(1.5D, 2) -> -0.5"));
  rows.push_back(scalar<&mr_multiply_int>("try_multiply", "try_multiply(2, 3) -> 6").takes(0, Int).takes(1, Int).returns(Int));
  rows.push_back(scalar<&mr_multiply_bigint>("try_multiply", "try_multiply(2L, 3) -> 6"));
  rows.push_back(scalar<&mr_multiply_double>("try_multiply", "try_multiply(1.5D, 2) -> 3.0"));
  rows.push_back(scalar<&mr_div_double>("try_divide", "try_divide(3, 2) -> 1.5"));
  rows.push_back(scalar<&mr_mod_int>("try_mod", "try_mod(7, 0) -> NULL"));
  rows.push_back(scalar<&mr_mod_double>("try_mod", "try_mod(7.5D, 2) -> 1.5"));
}

void add_trigonometry(std::vector<ScalarFunction>& rows) {
  rows.push_back(scalar<&mr_pi>("pi", "pi() -> 3.141592653589793"));
  rows.push_back(scalar<&mr_e>("e", "e() -> 2.718281828459045"));
  rows.push_back(scalar<&mr_degrees>("degrees", "degrees(pi()) -> 180.0"));
  rows.push_back(scalar<&mr_radians>("radians", "radians(180) -> 3.141592653589793"));
  rows.push_back(scalar<&mr_sin>("sin", "sin(0) -> 0.0"));
  rows.push_back(scalar<&mr_cos>("cos", "cos(0) -> 1.0"));
  rows.push_back(scalar<&mr_tan>("tan", "tan(0) -> 0.0"));
  rows.push_back(scalar<&mr_cot>("cot", "cot(0) -> Infinity"));
  rows.push_back(scalar<&mr_sec>("sec", "sec(0) -> 1.0"));
  rows.push_back(scalar<&mr_csc>("csc", "csc(0) -> Infinity"));
  rows.push_back(scalar<&mr_asin>("asin", "asin(0) -> 0.0"));
  rows.push_back(scalar<&mr_acos>("acos", "acos(1) -> 0.0"));
  rows.push_back(scalar<&mr_atan>("atan", "atan(0) -> 0.0"));
  rows.push_back(scalar<&mr_atan2>("atan2", "atan2(0, 1) -> 0.0"));
  rows.push_back(scalar<&mr_sinh>("sinh", "sinh(0) -> 0.0"));
  rows.push_back(scalar<&mr_cosh>("cosh", "cosh(0) -> 1.0"));
  rows.push_back(scalar<&mr_tanh>("tanh", "tanh(0) -> 0.0"));
  rows.push_back(scalar<&mr_asinh>("asinh", "asinh(0) -> 0.0"));
  rows.push_back(scalar<&mr_acosh>("acosh", "acosh(1) -> 0.0"));
  rows.push_back(scalar<&mr_atanh>("atanh", "atanh(0) -> 0.0"));
}

void add_bits(std::vector<ScalarFunction>& rows) {
  rows.push_back(scalar<&mr_shiftleft>("shiftleft", "shiftleft(2, 1) -> 4"));
  rows.push_back(scalar<&mr_shiftright>("shiftright", "shiftright(4, 1) -> 2"));
  rows.push_back(scalar<&mr_shiftrightunsigned>("shiftrightunsigned", "shiftrightunsigned(4, 1) -> 2"));
  rows.push_back(scalar<&mr_bit_count>("bit_count", "bit_count(7) -> 3"));
  rows.push_back(scalar<&mr_bit_count_boolean>("bit_count", "bit_count(true) -> 1"));
}

}  // namespace

void add_math_functions(std::vector<ScalarFunction>& rows) {
  add_rounding(rows);
  add_signs_and_chance(rows);
  add_powers(rows);
  add_division(rows);
  add_operators(rows);
  add_trigonometry(rows);
  add_bits(rows);
  rows.push_back(scalar<&mr_isnan>("isnan", "isnan(CAST('NaN' AS DOUBLE)) -> true"));
  rows.push_back(scalar<&mr_width_bucket>("width_bucket", "width_bucket(5.3D, 0.2D, 10.6D, 5) -> 3"));
}

}  // namespace millrace
