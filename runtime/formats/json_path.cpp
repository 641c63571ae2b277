#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/calls/json.h"
#include "runtime/abi/calls/state.h"
#include "runtime/formats/json_scalar.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/readable_copy.h"
#include "runtime/functions/nested_builder.h"

namespace millrace::abi {
namespace {

struct Step {
  enum class Kind : uint8_t { Key, Index, AnyKey, AnyIndex };
  Kind kind = Kind::Key;
  std::string_view key;
  int64_t index = 0;
};
using Path = std::vector<Step>;

/// `$` and steps: `.key`, `['key']`, `[0]`, `[*]`, `.*`.
std::optional<Path> parse_path(std::string_view text) {
  if (!text.starts_with('$')) return std::nullopt;
  text.remove_prefix(1);
  Path path;
  while (!text.empty()) {
    Step step;
    size_t used = 0;
    if (text.starts_with(".*")) {
      step.kind = Step::Kind::AnyKey;
      used = 2;
    } else if (text[0] == '.') {
      used = std::min(text.find_first_of(".[", 1), text.size());
      step.key = text.substr(1, used - 1);
      if (step.key.empty()) return std::nullopt;
    } else if (text.starts_with("['")) {
      const size_t close = text.find("']");
      if (close == std::string_view::npos || close == 2) return std::nullopt;
      step.key = text.substr(2, close - 2);
      if (step.key == "*") step.kind = Step::Kind::AnyKey;
      used = close + 2;
    } else if (text.starts_with("[*]")) {
      step.kind = Step::Kind::AnyIndex;
      used = 3;
    } else if (text[0] == '[') {
      const size_t close = text.find(']');
      constexpr size_t kDigitsMax = 18;
      if (close == std::string_view::npos || close < 2 || close > kDigitsMax) return std::nullopt;
      for (size_t i = 1; i < close; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        step.index = step.index * 10 + (text[i] - '0');
      }
      step.kind = Step::Kind::Index;
      used = close + 1;
    } else {
      return std::nullopt;
    }
    path.push_back(step);
    text.remove_prefix(used);
  }
  return path;
}

/// Calls `visit(key, value)` for each member of an object or element of an array (its key is empty); false when it is malformed.
template <class Visit>
bool for_each_part(PipelineContext* ctx, std::string_view nested, Visit visit) {
  const char* p = nested.data() + 1;
  const char* end = nested.data() + nested.size();
  const bool object = nested.front() == '{';
  p = skip_json_blanks(p, end);
  if (p == end - 1) return *p == (object ? '}' : ']');
  for (;;) {
    StringRef key;
    if (object) {
      const JsonToken name = scan_json_value(p, end, &p);
      if (name.kind != JsonKind::String) return false;
      key = json_text(ctx, name);
      p = skip_json_blanks(p, end);
      if (p == end || *p++ != ':') return false;
    }
    const JsonToken value = scan_json_value(p, end, &p);
    if (value.kind == JsonKind::Malformed) return false;
    visit(std::string_view(key.data, static_cast<size_t>(key.size)), value);
    p = skip_json_blanks(p, end);
    if (p == end) return false;
    if (*p != ',') return p == end - 1 && *p == (object ? '}' : ']');
    ++p;
  }
}

/// Follows a path through one text.
class PathWalk {
 public:
  PathWalk(PipelineContext* ctx, const Path& path) : ctx_(ctx), path_(path) {}

  void follow(const JsonToken& value, size_t step) {
    if (step == path_.size()) {
      if (value.kind != JsonKind::Null || wild()) found.push_back(value);
      return;
    }
    if (value.kind != JsonKind::Nested) return;
    const Step& wanted = path_[step];
    const bool object = value.text.front() == '{';
    const bool by_key = wanted.kind == Step::Kind::Key || wanted.kind == Step::Kind::AnyKey;
    if (object != by_key) return;
    int64_t index = 0;
    bool taken = false;
    const bool whole = for_each_part(ctx_, value.text, [&](std::string_view key, const JsonToken& part) {
      const int64_t at = index++;
      const bool one = wanted.kind == Step::Kind::Key ? !taken && key == wanted.key : wanted.kind == Step::Kind::Index && at == wanted.index;
      if (wanted.kind == Step::Kind::AnyKey || wanted.kind == Step::Kind::AnyIndex || one) follow(part, step + 1);
      taken = taken || one;
    });
    malformed = malformed || !whole;
  }

  bool wild() const {
    for (const Step& step : path_) {
      if (step.kind == Step::Kind::AnyKey || step.kind == Step::Kind::AnyIndex) return true;
    }
    return false;
  }

  std::vector<JsonToken> found;
  bool malformed = false;

 private:
  PipelineContext* ctx_;
  const Path& path_;
};

/// The JSON text without blanks between its tokens.
void append_compact(std::string& out, const JsonToken& token) {
  if (token.kind == JsonKind::String) {
    out += '"';
    out += token.text;
    out += '"';
    return;
  }
  bool in_string = false;
  for (size_t i = 0; i < token.text.size(); ++i) {
    const char c = token.text[i];
    if (!in_string && is_json_blank(c)) continue;
    out += c;
    if (in_string && c == '\\' && i + 1 < token.text.size()) out += token.text[++i];
    else if (c == '"') in_string = !in_string;
  }
}

StringRef kept(PipelineContext* ctx, std::string_view text) {
  char* bytes = mr_scratch(ctx, static_cast<int64_t>(text.size()));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, static_cast<int64_t>(text.size())};
}

/// The one value that a text is, in a copy behind which the scanners may read; Malformed when it is not one.
JsonToken only_value(PipelineContext* ctx, const StringRef* json) {
  const char* copy = readable_copy(ctx, *json).data;
  const char* end = copy + json->size;
  const char* rest = copy;
  const JsonToken value = scan_json_value(copy, end, &rest);
  return value.kind != JsonKind::Malformed && skip_json_blanks(rest, end) == end ? value : JsonToken{};
}

}  // namespace

extern "C" {

bool mr_get_json_object(PipelineContext* ctx, const StringRef* json, const StringRef* path, StringRef* out) noexcept {
  const std::optional<Path> steps = parse_path({path->data, static_cast<size_t>(path->size)});
  const JsonToken value = only_value(ctx, json);
  if (!steps || value.kind == JsonKind::Malformed) return false;
  PathWalk walk(ctx, *steps);
  walk.follow(value, 0);
  if (walk.malformed || walk.found.empty()) return false;
  if (walk.found.size() == 1 && walk.found[0].kind == JsonKind::String && !walk.wild()) {
    *out = json_text(ctx, walk.found[0]);
    return true;
  }
  std::string text;
  for (const JsonToken& one : walk.found) {
    if (walk.found.size() > 1) text += text.empty() ? '[' : ',';
    append_compact(text, one);
  }
  if (walk.found.size() > 1) text += ']';
  *out = kept(ctx, text);
  return true;
}

bool mr_json_array_length(PipelineContext* ctx, const StringRef* json, SqlInt* out) noexcept {
  const JsonToken value = only_value(ctx, json);
  if (value.kind != JsonKind::Nested || value.text.front() != '[') return false;
  int64_t count = 0;
  if (!for_each_part(ctx, value.text, [&](std::string_view, const JsonToken&) { ++count; })) return false;
  *out = SqlInt{count};
  return true;
}

bool mr_json_object_keys(PipelineContext* ctx, const StringRef* json, StringRef* out) noexcept {
  const JsonToken value = only_value(ctx, json);
  if (value.kind != JsonKind::Nested || value.text.front() != '{') return false;
  NestedBuilder keys(ctx);
  const bool whole = for_each_part(ctx, value.text, [&](std::string_view key, const JsonToken&) {
    keys.add_bytes({key.data(), static_cast<int64_t>(key.size())});
  });
  return whole && keys.finish(out);
}

}  // extern "C"

}  // namespace millrace::abi
