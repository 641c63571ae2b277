#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/base/source_span.h"

/// What the parser understood, untyped and unresolved: names are text, functions are names. Every node has a span.
/// Sugar that has one meaning is taken out by the builder (x::T is Cast, `TRIM(BOTH a FROM b)` is a Call), nothing else is.
namespace millrace::ast {

struct Expr;
struct Query;
struct Relation;
using ExprPtr = std::unique_ptr<Expr>;
using QueryPtr = std::unique_ptr<Query>;
using RelationPtr = std::unique_ptr<Relation>;

struct Identifier {
  std::string text;     ///< without quotes
  bool quoted = false;  ///< "x" or `x`
  SourceSpan span;
};

/// `a`, `t.a`, `s.field.inner`
using Name = std::vector<Identifier>;

// ---- types -------------------------------------------------------------------------------------------------

struct TypeName {
  std::string name;                       ///< upper-case: BIGINT, DECIMAL, ARRAY, STRUCT, INTERVAL DAY TO SECOND …
  std::vector<uint32_t> parameters;       ///< DECIMAL(p, s), VARCHAR(n)
  std::vector<std::pair<Identifier, TypeName>> fields;  ///< STRUCT: named; ARRAY: one, MAP: two, with empty names
  SourceSpan span;

  // Defined below: C++20's constexpr vector needs its element complete wherever it is made or destroyed.
  TypeName();
  TypeName(TypeName&&) noexcept;
  TypeName(const TypeName&);
  TypeName& operator=(TypeName&&) noexcept;
  TypeName& operator=(const TypeName&);
  ~TypeName();
};

inline TypeName::TypeName() = default;
inline TypeName::TypeName(TypeName&&) noexcept = default;
inline TypeName::TypeName(const TypeName&) = default;
inline TypeName& TypeName::operator=(TypeName&&) noexcept = default;
inline TypeName& TypeName::operator=(const TypeName&) = default;
inline TypeName::~TypeName() = default;

// ---- expressions -------------------------------------------------------------------------------------------

struct ColumnName { Name parts; };

/// `*`, `t.*`, `* EXCEPT (a, b)`, `struct(1, 2).*`
struct Star {
  Name qualifier;
  std::vector<Identifier> except;
  ExprPtr of;  ///< a STRUCT that has no name
};

/// `COLUMNS(*)`, `COLUMNS(a, b)`: in WHERE the conjunction over the columns.
struct Columns {
  bool all = false;
  std::vector<Identifier> names;
};

enum class LiteralKind { Null, Boolean, Integer, Long, Decimal, Double, String, Binary, Date, Timestamp };

struct Literal {
  LiteralKind kind = LiteralKind::Null;
  /// Digits as written without suffix (a minus right before them is theirs); the string's value; TRUE or FALSE; the date's
  /// text; the raw bytes of x'1F'.
  std::string text;
};

/// `INTERVAL '5' SECOND`, `INTERVAL '1 minute 30 seconds'`, `INTERVAL 1 DAY 2 HOURS`: value and upper-case singular unit.
struct Interval {
  struct Part { std::string value; std::string unit; };
  std::vector<Part> parts;
};

enum class UnaryOp { Negate, Plus, Not, BitNot };
struct Unary { UnaryOp op; ExprPtr operand; };

enum class BinaryOp {
  Add, Subtract, Multiply, Divide, IntegerDivide, Modulo, Concat, BitAnd, BitOr, BitXor,
  Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, NullSafeEqual, IsDistinct, IsNotDistinct, And, Or,
};
struct Binary { BinaryOp op; ExprPtr left, right; SourceSpan op_span; };

struct IsNull { ExprPtr operand; bool negated = false; };
enum class TruthValue { True, False, Unknown };
struct IsTruth { ExprPtr operand; TruthValue value; bool negated = false; };
struct Between { ExprPtr operand, low, high; bool negated = false; };
struct InList { ExprPtr operand; std::vector<ExprPtr> values; bool negated = false; };
/// `x [NOT] IN (SELECT …)`; `x < ANY (SELECT …)` with its sign in `op`; `x > ALL (SELECT …)` is NOT x <= ANY.
struct InQuery { ExprPtr operand; QueryPtr query; bool negated = false; BinaryOp op = BinaryOp::Equal; };
struct Exists { QueryPtr query; };
struct ScalarQuery { QueryPtr query; };

enum class LikeKind { Like, ILike, RLike };
enum class LikeQuantifier { One, Any, All };
struct Like {
  LikeKind kind = LikeKind::Like;
  LikeQuantifier quantifier = LikeQuantifier::One;
  ExprPtr operand;
  std::vector<ExprPtr> patterns;  ///< one, or several for ANY/ALL
  ExprPtr escape;                 ///< may be null
  bool negated = false;
};

struct Case {
  ExprPtr operand;  ///< null in the searched form
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  ExprPtr otherwise;  ///< may be null
};

struct Cast { ExprPtr operand; TypeName type; bool is_try = false; };

enum class NullsOrder { Default, First, Last };
/// `expr` of ORDER BY ALL is a Star.
struct SortItem { ExprPtr expr; bool descending = false; NullsOrder nulls = NullsOrder::Default; SourceSpan span; };

enum class FrameUnit { Rows, Range };
enum class FrameBoundKind { UnboundedPreceding, Preceding, CurrentRow, Following, UnboundedFollowing };
struct FrameBound { FrameBoundKind kind; ExprPtr offset; };
struct WindowFrame { FrameUnit unit; FrameBound start, end; };
struct OverClause {
  std::optional<Identifier> name;  ///< OVER w
  std::vector<ExprPtr> partition_by;
  std::vector<SortItem> order_by;
  std::optional<WindowFrame> frame;
  SourceSpan span;
};

struct Call {
  Identifier name;
  std::vector<ExprPtr> arguments;
  bool distinct = false;
  bool star = false;  ///< count(*)
  bool ignore_nulls = false;
  ExprPtr filter;     ///< FILTER (WHERE …), may be null
  std::vector<SortItem> within_order;  ///< string_agg(x, ',' ORDER BY y), WITHIN GROUP (ORDER BY y)
  std::optional<OverClause> over;
};

struct Lambda { std::vector<Identifier> parameters; ExprPtr body; };
struct Subscript { ExprPtr operand, index; };
/// Field access on something that is not a plain name: `f(x).a`, `(e).a`; a name's parts stay in ColumnName.
struct FieldAccess { ExprPtr operand; Identifier field; };
struct ArrayLiteral { std::vector<ExprPtr> elements; };
struct RowLiteral { std::vector<ExprPtr> elements; };  ///< (a, b)

struct Expr {
  using Node = std::variant<ColumnName, Star, Columns, Literal, Interval, Unary, Binary, IsNull, IsTruth, Between, InList,
                            InQuery, Exists, ScalarQuery, Like, Case, Cast, Call, Lambda, Subscript, FieldAccess,
                            ArrayLiteral, RowLiteral>;
  Node node;
  SourceSpan span;
};

// ---- relations ---------------------------------------------------------------------------------------------

struct TableAlias {
  std::optional<Identifier> name;
  std::vector<Identifier> columns;
};

struct SelectItem {
  ExprPtr expr;
  std::optional<Identifier> alias;
  SourceSpan span;
  std::vector<Identifier> column_aliases{};  ///< `explode(m) AS (k, v)`; then alias is empty
};

struct TableName { Name parts; };
struct Subquery { QueryPtr query; };
struct Values { std::vector<std::vector<ExprPtr>> rows; };

enum class JoinKind { Inner, Left, Right, Full, Cross, LeftSemi, LeftAnti };
struct Join {
  JoinKind kind = JoinKind::Inner;
  bool natural = false;
  bool is_static = false;  ///< JOIN STATIC r
  bool lateral = false;    ///< JOIN LATERAL (SELECT …): the right side sees the left one's columns
  RelationPtr left, right;
  ExprPtr on;                       ///< may be null
  std::vector<Identifier> using_columns;
  SourceSpan kind_span;
};

/// An argument of a table function: an expression, `TABLE s`, `DESCRIPTOR(ts)`, any of them named (`size => …`).
struct FunctionArgument {
  std::optional<Identifier> name;
  std::variant<ExprPtr, RelationPtr, Identifier> value;  ///< Identifier: DESCRIPTOR(column)
  std::vector<Identifier> partition;                     ///< `TABLE s PARTITION BY k`
  SourceSpan span;
};

/// `TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), size))`, `HOP(s, ts, slide, size)`, `UNNEST(a)`, `range(10)`
struct TableFunction {
  Identifier name;
  std::vector<FunctionArgument> arguments;
};

/// `r LATERAL VIEW [OUTER] explode(e) t AS a, b`; `t` may be left out: then table.text is empty
struct LateralView {
  RelationPtr input;
  bool outer = false;
  ExprPtr generator;  ///< a Call
  Identifier table;
  std::vector<Identifier> columns;
};

/// `r PIVOT (sum(x) AS s, … FOR c IN (1 AS one, …))`, `FOR (c, d) IN ((1, 'a'), …)`
struct Pivot {
  RelationPtr input;
  std::vector<SelectItem> aggregates;
  std::vector<Identifier> columns;
  std::vector<SelectItem> values;
};

/// `r UNPIVOT (x FOR name IN (a, b AS c))`, `UNPIVOT ((x, y) FOR name IN ((a, b) AS first, …))`
struct Unpivot {
  RelationPtr input;
  bool include_nulls = false;
  std::vector<Identifier> values;  ///< the columns that the values go to
  Identifier name;                 ///< the column that says where they come from
  std::vector<SelectItem> columns;
};

struct Relation {
  std::variant<TableName, Subquery, Values, Join, TableFunction, LateralView, Pivot, Unpivot> node;
  TableAlias alias;
  SourceSpan span;
};

// ---- queries -----------------------------------------------------------------------------------------------

enum class GroupingKind { Simple, Cube, Rollup, Sets };
/// One element of GROUP BY. Simple has one set with its expressions; CUBE(a, (b, c)) and ROLLUP one set for each element,
/// GROUPING SETS one for each set. An element of Sets that is itself CUBE or ROLLUP has been expanded by the builder.
struct GroupingElement {
  GroupingKind kind = GroupingKind::Simple;
  std::vector<std::vector<ExprPtr>> sets;
  SourceSpan span;
};

enum class WindowKind { Tumbling, Hopping, Session };
/// The clause `WINDOW TUMBLING (SIZE 5 SECONDS)` after FROM (ksqlDB).
struct WindowClause {
  WindowKind kind = WindowKind::Tumbling;
  ExprPtr size;     ///< the gap of a session
  ExprPtr advance;  ///< hopping only
  SourceSpan span;
};

struct GroupBy {
  bool all = false;  ///< GROUP BY ALL
  /// `a, b` of `a, b GROUPING SETS (…)`: the keys in their order, whether a set names them or not.
  std::vector<ExprPtr> listed;
  std::vector<GroupingElement> elements;  ///< `a, b WITH CUBE` and `a, b GROUPING SETS (…)` are one element
  SourceSpan span;
};

struct Select {
  bool distinct = false;
  std::vector<ExprPtr> distinct_on;
  std::vector<SelectItem> items;
  RelationPtr from;  ///< null for SELECT 1; comma joins are Cross joins
  std::optional<WindowClause> window;
  ExprPtr where;
  std::optional<GroupBy> group_by;
  ExprPtr having;
  ExprPtr qualify;
  std::vector<std::pair<Identifier, OverClause>> named_windows;
};

enum class SetOperator { Union, Intersect, Except };
struct SetOperation {
  SetOperator op = SetOperator::Union;
  bool all = false;
  QueryPtr left, right;
  SourceSpan op_span;
};

struct CommonTable {
  Identifier name;
  std::vector<Identifier> columns;
  QueryPtr query;
  bool recursive = false;
};

enum class EmitMode { Append, Update, Complete };
enum class TriggerKind { Auto, Every, Rows, PerRecord, Once };
struct Emit {
  std::optional<EmitMode> mode;  ///< EMIT CHANGES is Update; EMIT FINAL and ON WINDOW CLOSE are Append
  SourceSpan mode_span;
  std::optional<TriggerKind> trigger;
  ExprPtr amount;      ///< Every: an interval; Rows: an integer
  ExprPtr latency;     ///< AUTO LATENCY 5 MS, may be null
  SourceSpan trigger_span;
  SourceSpan span;
};

struct Query {
  std::vector<CommonTable> with;
  std::variant<Select, SetOperation, Values, QueryPtr> body;  ///< QueryPtr: parenthesised
  std::vector<SortItem> order_by;
  ExprPtr limit;   ///< may be null
  ExprPtr offset;  ///< may be null
  std::optional<Emit> emit;
  SourceSpan span;
};

// ---- statements --------------------------------------------------------------------------------------------

struct Option {
  Identifier key;  ///< dotted keys joined: `a.b`
  Literal value;   ///< a bare word is a String
  SourceSpan value_span;
};

struct ColumnDefinition {
  Identifier name;
  std::optional<TypeName> type;
  ExprPtr computed;  ///< `event_time AS …`, null otherwise
  bool not_null = false;
  SourceSpan span;
};

struct WatermarkDefinition {
  Identifier column;
  ExprPtr expr;  ///< `WATERMARK FOR t AS t - INTERVAL …`; null for no delay
  SourceSpan span;
};

enum class RelationKind { Stream, Table, View, MaterializedView, Sink };

/// CREATE STREAM, TABLE, SINK
struct CreateSource {
  RelationKind kind = RelationKind::Stream;
  bool or_replace = false;
  bool if_not_exists = false;
  Identifier name;
  std::vector<ColumnDefinition> columns;
  std::optional<WatermarkDefinition> watermark;
  std::vector<Option> options;
  SourceSpan options_span;
};

/// CREATE VIEW, MATERIALIZED VIEW
struct CreateView {
  bool materialized = false;
  bool or_replace = false;
  bool if_not_exists = false;
  Identifier name;
  std::vector<Identifier> columns;
  std::vector<Option> options;
  QueryPtr query;
};

struct CreateFunction {
  bool or_replace = false;
  Identifier name;
  std::vector<std::pair<Identifier, TypeName>> parameters;
  TypeName returns;
  ExprPtr body;
};

struct Insert { Identifier sink; std::vector<Identifier> columns; QueryPtr query; };
struct SelectStatement { QueryPtr query; };
enum class ExplainStage { Logical, Physical, Ir, Asm, State };
struct Statement;
struct Explain { ExplainStage stage = ExplainStage::Physical; bool analyze = false; std::unique_ptr<Statement> statement; };
struct Describe { Name name; };
struct Show { std::string what; };  ///< upper-case: TABLES, QUERIES, FUNCTIONS, CONNECTORS, STREAMS, VIEWS, SINKS
struct Set { Identifier name; Literal value; SourceSpan value_span; };
struct Drop { RelationKind kind = RelationKind::Stream; bool if_exists = false; Identifier name; bool is_function = false; };
struct StopQuery { Identifier name; };
struct Sleep { ExprPtr amount; };

struct Statement {
  std::variant<CreateSource, CreateView, CreateFunction, Insert, SelectStatement, Explain, Describe, Show, Set, Drop,
               StopQuery, Sleep>
      node;
  SourceSpan span;
};

struct Script { std::vector<Statement> statements; };

}  // namespace millrace::ast
