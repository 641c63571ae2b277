#include "compiler/expr/nested_value.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>

#include "compiler/functions/type_code.h"
#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/calls/nested.h"

namespace millrace::expr {

namespace {

using abi::NestedItem;
using Kind = NestedItem::Kind;
using Parts = std::vector<Value>;

abi::Decimal decimal_at(const char* bytes) {
  abi::Decimal value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

const SqlType& part_type(const SqlType& type, size_t i) {
  return type.is(TypeKind::Array) ? type.fields.front().type : type.fields[i].type;
}

/// Items borrow bytes that scratch, or the value itself, holds.
class ToItem {
 public:
  explicit ToItem(abi::PipelineContext* context) : context_(context) {}

  NestedItem item(const Value& value, const SqlType& type) {
    if (value.is_null()) return {};
    if (const auto* b = std::get_if<bool>(&value.data)) return {Kind::Word, *b ? 1 : 0, nullptr};
    if (const auto* i = std::get_if<int64_t>(&value.data)) return {Kind::Word, *i, nullptr};
    if (const auto* d = std::get_if<double>(&value.data)) return {Kind::Word, bits(*d), nullptr};
    if (const auto* d = std::get_if<abi::Decimal>(&value.data)) {
      return {Kind::Bytes, sizeof *d, reinterpret_cast<const char*>(d)};
    }
    if (const auto* s = std::get_if<std::string>(&value.data)) return {Kind::Bytes, static_cast<int64_t>(s->size()), s->data()};
    return run(std::get<Parts>(value.data), type);
  }

 private:
  static int64_t bits(double d) { return std::bit_cast<int64_t>(std::isnan(d) ? std::numeric_limits<double>::quiet_NaN() : d); }

  NestedItem run(const Parts& parts, const SqlType& type) {
    std::vector<NestedItem> items;
    for (size_t i = 0; i < parts.size(); ++i) {
      const SqlType part = type.is(TypeKind::Map) ? SqlType::array(type.fields[i].type) : part_type(type, i);
      items.push_back(item(parts[i], part));
    }
    abi::StringRef out;
    if (!abi::mr_nested_make(context_, items.data(), static_cast<int64_t>(items.size()), &out)) return {};
    return {Kind::Run, out.size, out.data};
  }

  abi::PipelineContext* context_;
};

Value from_bytes(const char* run, const SqlType& type);

Value part_of(const char* run, int64_t i, const SqlType& type) {
  if (i >= static_cast<int64_t>(abi::nested_count(run)) || abi::nested_is_null(run, i)) return {};
  if (type.is_nested()) return from_bytes(abi::nested_bytes(run, i).data, type);
  if (type.is(TypeKind::Boolean)) return {abi::nested_int(run, i) != 0};
  if (type.is_floating()) return {abi::nested_double(run, i)};
  if (type.is(TypeKind::Decimal)) return {decimal_at(abi::nested_bytes(run, i).data)};
  if (!type.is_bytes()) return {abi::nested_int(run, i)};
  const abi::StringRef text = abi::nested_bytes(run, i);
  return {std::string(text.data, static_cast<size_t>(text.size))};
}

Value from_bytes(const char* run, const SqlType& type) {
  if (type.is(TypeKind::Map)) {
    return {Parts{from_bytes(abi::map_keys(run), SqlType::array(type.fields[0].type)),
                  from_bytes(abi::map_values(run), SqlType::array(type.fields[1].type))}};
  }
  Parts parts;
  const int64_t count = type.is(TypeKind::Struct) ? static_cast<int64_t>(type.fields.size()) : abi::nested_count(run);
  for (int64_t i = 0; i < count; ++i) parts.push_back(part_of(run, i, part_type(type, static_cast<size_t>(i))));
  return {std::move(parts)};
}

Value from_item(const NestedItem& item, const SqlType& type) {
  if (item.kind == Kind::Null) return {};
  if (type.is_nested()) return from_bytes(item.data, type);
  if (type.is(TypeKind::Boolean)) return {item.word != 0};
  if (type.is_floating()) return {std::bit_cast<double>(item.word)};
  if (type.is(TypeKind::Decimal)) return {decimal_at(item.data)};
  if (type.is_bytes()) return {std::string(item.data, static_cast<size_t>(item.word))};
  return {item.word};
}

}  // namespace

Value call_packed(const ScalarFunction& function, std::span<const Value> arguments, std::span<const SqlType> types,
                  const SqlType& result, abi::PipelineContext* context) {
  std::string codes;
  std::vector<NestedItem> items;
  ToItem to_item(context);
  for (size_t i = 0; i < arguments.size(); ++i) {
    codes += type_code(types[i]);
    items.push_back(to_item.item(arguments[i], types[i]));
  }
  codes += type_code(result);
  NestedItem out;
  const auto call = reinterpret_cast<abi::PackedFunction*>(function.native.address);
  if (!call(context, codes.data(), items.data(), static_cast<int64_t>(items.size()), &out)) return {};
  return from_item(out, result);
}

Value to_run(const Value& value, const SqlType& type, abi::PipelineContext* context) {
  const NestedItem item = ToItem(context).item(value, type);
  if (item.kind == Kind::Null) return {};
  return {std::string(item.data, static_cast<size_t>(item.word))};
}

Value from_run(const Value& run, const SqlType& type) {
  return run.is_null() ? Value{} : from_bytes(std::get<std::string>(run.data).data(), type);
}

Value make_map(Parts entries) {
  Parts keys, values;
  for (size_t i = 0; i + 1 < entries.size(); i += 2) {
    if (entries[i].is_null()) return {};
    size_t at = 0;
    while (at < keys.size() && compare_values(keys[at], entries[i]) != 0) ++at;
    if (at == keys.size()) {
      keys.push_back(std::move(entries[i]));
      values.emplace_back();
    }
    values[at] = std::move(entries[i + 1]);
  }
  return {Parts{{std::move(keys)}, {std::move(values)}}};
}

Value element_of(const Value& collection, const Value& index, const SqlType& type) {
  if (collection.is_null() || index.is_null()) return {};
  const auto& parts = std::get<Parts>(collection.data);
  if (type.is(TypeKind::Array)) {
    const int64_t i = std::get<int64_t>(index.data);
    return i >= 0 && i < static_cast<int64_t>(parts.size()) ? parts[static_cast<size_t>(i)] : Value{};
  }
  const auto& keys = std::get<Parts>(parts.at(0).data);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (compare_values(keys[i], index) == 0) return std::get<Parts>(parts.at(1).data).at(i);
  }
  return {};
}

}  // namespace millrace::expr
