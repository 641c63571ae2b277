#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/source_span.h"
#include "compiler/functions/signature.h"
#include "compiler/types/sql_type.h"
#include "runtime/abi/decimal.h"

/// Typed, bound expressions over the columns of one input row. All casts are explicit nodes; operands of an operator have
/// the types that the operator needs. Sugar is gone (BETWEEN, nvl, nullif, if, simple CASE).
namespace millrace::expr {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

/// A column of the input row, by position.
struct ColumnRef {
  uint32_t index = 0;
  std::string name;  ///< for printing
};

/// A constant; monostate is NULL. int64_t also holds DATE, TIMESTAMP and day-time INTERVAL (microseconds), and
/// year-month INTERVAL (months).
struct Literal {
  std::variant<std::monostate, bool, int64_t, double, std::string, abi::Decimal> value;
};

enum class ArithmeticOp { Add, Subtract, Multiply, Divide, IntegerDivide, Modulo, BitAnd, BitOr, BitXor };
/// Both sides and the result have one type, integer or floating (Divide: always DOUBLE; Bit*: integer). Or both sides are DECIMAL, each of its own
/// precision and scale, and so is the result (IntegerDivide: BIGINT), which is rounded half up.
/// An integer or DECIMAL result out of range, x / 0, div 0 and x % 0 are NULL.
struct Arithmetic { ArithmeticOp op; ExprPtr left, right; };
struct Negate { ExprPtr operand; };
struct BitNot { ExprPtr operand; };

enum class ComparisonOp { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, NullSafeEqual };
/// Both sides have one type. NaN equals NaN and is larger than every number; strings compare bytewise.
struct Comparison { ComparisonOp op; ExprPtr left, right; };

enum class LogicOp { And, Or };
/// Two or more BOOLEAN operands, evaluated in order as far as needed.
struct Logic { LogicOp op; std::vector<ExprPtr> operands; };
struct Not { ExprPtr operand; };
/// `nan_too`: a NaN counts as NULL, as where rows with missing values are dropped.
struct IsNull { ExprPtr operand; bool negated = false; bool nan_too = false; };

/// Searched CASE; without ELSE `otherwise` is a NULL literal.
struct Case {
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  ExprPtr otherwise;
};
/// The first operand that is not NULL.
struct Coalesce { std::vector<ExprPtr> operands; };
/// greatest, least: NULLs are skipped.
struct Extreme { bool greatest = true; std::vector<ExprPtr> operands; };
/// All of one type.
struct InList { ExprPtr operand; std::vector<ExprPtr> values; bool negated = false; };
/// LIKE with a constant pattern that has been checked. Operand is STRING.
struct Like { ExprPtr operand; std::string pattern; char escape = '\\'; bool ignore_case = false; bool negated = false; };
/// To Expr::type. What cannot be cast is NULL.
struct Cast { ExprPtr operand; };
struct Call { const ScalarFunction* function = nullptr; std::vector<ExprPtr> arguments; };
struct MakeStruct { std::vector<ExprPtr> fields; };
/// Field `index` of a STRUCT operand.
struct GetField { ExprPtr operand; uint32_t index = 0; };
/// An ARRAY of elements of one type; or a MAP, whose keys and values stand in turn: of equal keys the last wins, a NULL key makes it NULL.
struct MakeCollection { std::vector<ExprPtr> elements; };
/// An ARRAY's element `index`, a BIGINT from 0; the value that a MAP has for the key `index`. NULL when there is none.
struct GetElement { ExprPtr operand, index; };

/// A lambda's parameter, within its body. Numbered from the outermost lambda inwards, so that equal lambdas are equal expressions.
struct LambdaParameter {
  uint32_t id = 0;
  std::string name;  ///< for printing
};
/// A column of a row of the query around a subquery: value `index` of those that the subquery takes from it. Gone when the subquery
/// has become a join (analysis/unnest.h).
struct OuterColumn {
  uint32_t index = 0;
  std::string name;  ///< for printing
};
enum class LambdaForm { Transform, Filter, Exists, ForAll, Fold, ZipWith };
/// `body` over the elements of `operands`, which are ARRAYs (two of ZipWith: the shorter goes on with NULLs; else one).
/// Transform, ZipWith: an ARRAY of the bodies; Filter: of the elements for which it is TRUE. Exists, ForAll: its OR and AND. Fold: the second operand
/// is where it starts, and the body, of the same type, makes the next value of the value so far and an element.
struct OverElements {
  LambdaForm form = LambdaForm::Transform;
  std::vector<ExprPtr> operands;
  std::vector<LambdaParameter> parameters;  ///< a second one of Transform and Filter is the element's position, INT from 0
  ExprPtr body;
};

struct Expr {
  using Node = std::variant<ColumnRef, Literal, Arithmetic, Negate, BitNot, Comparison, Logic, Not, IsNull, Case, Coalesce,
                            Extreme, InList, Like, Cast, Call, MakeStruct, GetField, MakeCollection, GetElement,
                            LambdaParameter, OuterColumn, OverElements>;
  Node node;
  SqlType type;
  bool nullable = true;
  SourceSpan span;
};

template <class N>
ExprPtr make(N node, SqlType type, bool nullable, SourceSpan span = {}) {
  return std::make_unique<Expr>(Expr{std::move(node), std::move(type), nullable, span});
}
inline ExprPtr column(uint32_t index, std::string name, SqlType type, bool nullable, SourceSpan span = {}) {
  return make(ColumnRef{index, std::move(name)}, std::move(type), nullable, span);
}

}  // namespace millrace::expr
