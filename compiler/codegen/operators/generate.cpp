#include <optional>
#include <string>

#include "compiler/codegen/nested_access.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "runtime/hot/nested.h"
#include "runtime/hot/split.h"

namespace millrace {

using ir::Bool;
using ir::Bytes;
using ir::Int;
using ir::Label;

namespace {

/// The only text that a regular expression matches, when it is as plain as that and not empty.
std::optional<std::string> literal_of(std::string_view regex) {
  std::string text;
  for (size_t i = 0; i < regex.size(); ++i) {
    const bool escaped = regex[i] == '\\';
    if (escaped && ++i == regex.size()) return std::nullopt;
    const auto c = static_cast<unsigned char>(regex[i]);
    const bool punctuation = c < 0x80 && std::ispunct(c) != 0 && c != '_';
    // A letter after a backslash is a class or a control character.
    if (escaped && !punctuation) return std::nullopt;
    if (!escaped && std::string_view(".$|()[]{}^?*+").find(regex[i]) != std::string_view::npos) return std::nullopt;
    text += regex[i];
  }
  return text.empty() ? std::nullopt : std::optional(text);
}

/// `split(text, 'separator')` with a separator that is no pattern: its pieces need no array.
struct PlainSplit {
  const expr::Expr* text = nullptr;
  std::string separator;
};

std::optional<PlainSplit> plain_split(const expr::Expr& collection) {
  const auto* call = std::get_if<expr::Call>(&collection.node);
  if (!call || call->function->name != "split" || call->arguments.size() != 2) return std::nullopt;
  const auto* pattern = std::get_if<expr::Literal>(&call->arguments[1]->node);
  const auto* regex = pattern ? std::get_if<std::string>(&pattern->value) : nullptr;
  const auto separator = regex ? literal_of(*regex) : std::nullopt;
  if (!separator) return std::nullopt;
  return PlainSplit{call->arguments[0].get(), *separator};
}

/// Loops over the elements of a row's collection. The row of NULLs of an outer generator is one more turn, so that what follows is generated once.
class ElementLoop {
 public:
  /// Gets the element's position from 0, whether it stands for a missing one (empty: never), and its columns.
  using Body = std::function<void(Int position, Bool missing, const std::vector<SqlValue>& columns)>;

  ElementLoop(ir::Emitter& emitter, const plan::Generate& node, Body body) : e(emitter), node_(node), body_(std::move(body)) {}

  void over_pieces(const SqlValue& text, const std::string& separator) {
    const auto loop = [&] { pieces(text, separator); };
    if (node_.outer || !text.may_be_null()) return loop();
    e.if_(e.not_(text.null), loop);
  }

  void over_elements(const SqlValue& collection) {
    const bool map = collection.type.is(TypeKind::Map);
    const Bytes first = map ? e.call<&abi::mr_map_keys>(collection.text()) : collection.text();
    Int count = e.call<&abi::mr_nested_count>(first);
    if (collection.may_be_null()) count = e.select(collection.null, e.int_(0), count);
    Bool missing;
    Int turns = count;
    if (node_.outer) {
      missing = e.eq(count, e.int_(0));
      turns = e.select(missing, e.int_(1), count);
    }
    const Bytes second = map ? e.call<&abi::mr_map_values>(collection.text()) : Bytes();
    e.for_range(e.int_(0), turns, [&](Int i) {
      const SqlType& type = collection.type.fields.front().type;
      std::vector<SqlValue> columns{element(type, first, i, missing)};
      if (map) columns.push_back(element(collection.type.fields.back().type, second, i, missing));
      body_(i, missing, node_.inlines ? fields_of(columns.front()) : columns);
    });
  }

 private:
  /// A NULL text, of an outer generator only, is one missing piece.
  void pieces(const SqlValue& text, const std::string& separator) {
    const Int size = text.may_be_null() ? e.select(text.null, e.int_(0), text.size()) : text.size();
    const Int width = e.int_(static_cast<int64_t>(separator.size()));
    auto from = e.slot<int64_t>("piece.from");
    auto position = e.slot<int64_t>("piece.position");
    e.set(from, e.int_(0));
    e.set(position, e.int_(0));
    Label head = e.new_label("piece.next"), body = e.new_label("piece"), end = e.new_label("piece.end");
    e.jump(head);
    e.place(head);
    const Int begin = e.get(from);
    e.branch(e.le(begin, size), body, end);
    e.in_scope(body, [&] {
      const Int at = e.get(position);
      const Int until = e.call<&abi::mr_split_piece_end>(text.text(), size, begin, e.bytes(separator), width);
      e.set(from, e.add(until, width));
      e.set(position, e.add(at, e.int_(1)));
      body_(at, text.null, {SqlValue::of(SqlType(TypeKind::String), e.byte_at(text.text(), begin), e.sub(until, begin), text.null)});
      e.jump_unless_left(head);
    });
    e.place(end);
  }

  /// Where the collection has no element its slots are not there to be read; load_element looks first.
  SqlValue element(const SqlType& type, Bytes run, Int i, Bool missing) {
    return sql::with_null(e, sql::load_element(e, type, run, i), missing);
  }

  std::vector<SqlValue> fields_of(const SqlValue& structure) {
    std::vector<SqlValue> fields;
    for (const SqlValue& field : structure.fields) fields.push_back(sql::with_null(e, field, structure.null));
    return fields;
  }

  ir::Emitter& e;
  const plan::Generate& node_;
  Body body_;
};

}  // namespace

void PipelineCompiler::consume(size_t next, Row& row, const pipeline::GenerateOp& op) {
  const plan::Generate& node = *op.node;
  pin(row);
  ElementLoop loop(e, node, [&](Int position, Bool missing, const std::vector<SqlValue>& columns) {
    Row generated(e);
    for (uint32_t c = 0; c < row.size(); ++c) generated.add([&row, c] { return row.column(c); });
    if (node.with_position) generated.add_value(SqlValue::of(SqlType(TypeKind::Int), position, missing));
    for (const SqlValue& column : columns) generated.add_value(column);
    consume(next, generated);
  });
  if (const auto split = plain_split(*node.collection)) loop.over_pieces(compile(*split->text, row), split->separator);
  else loop.over_elements(compile(*node.collection, row));
}

}  // namespace millrace
