#include "compiler/driver/bench/answer_digest.h"

#include <algorithm>
#include <cstring>

#include "runtime/hot/hash.h"
#include "runtime/hot/output.h"

namespace millrace {

namespace {

uint64_t hash_of(std::string_view text) {
  uint64_t hash = abi::mr_hash_int(0, static_cast<int64_t>(text.size()));
  for (; text.size() >= sizeof(uint64_t); text.remove_prefix(sizeof(uint64_t))) {
    hash = abi::mr_hash_int(hash, static_cast<int64_t>(abi::load_u64(text.data())));
  }
  for (const char c : text) hash = abi::mr_hash_int(hash, c);
  return hash;
}

/// Cuts at separators outside quotes and brackets.
void split_members(std::string_view row, std::vector<std::string_view>* values) {
  const bool json = row.starts_with('{');
  if (json) row = row.substr(1, row.size() - 2);
  int depth = 0;
  bool quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    const char c = row[i];
    if (quoted && json && c == '\\') ++i;
    else if (c == '"') quoted = !quoted;
    else if (quoted) continue;
    else if (json && (c == '{' || c == '[')) ++depth;
    else if (json && (c == '}' || c == ']')) --depth;
    else if (c == ',' && depth == 0) {
      values->push_back(row.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  values->push_back(row.substr(begin));
}

/// The size of a table's row: cells, each with its length in front.
size_t cells_size(const char* at, const char* end, size_t columns) {
  const char* begin = at;
  for (size_t i = 0; i < columns && at < end; ++i) {
    uint32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    at += sizeof size + (size == abi::kNullCell ? 0 : size);
  }
  return static_cast<size_t>(at - begin);
}

}  // namespace

void split_row(std::string_view row, abi::OutputFormat format, std::vector<std::string_view>* values) {
  values->clear();
  if (format != abi::OutputFormat::Table) return split_members(row, values);
  while (!row.empty()) {
    const size_t size = cells_size(row.data(), row.data() + row.size(), 1);
    values->push_back(row.substr(0, size));
    row.remove_prefix(size);
  }
}

std::string_view DigestSink::key_of(std::string_view row) {
  split_row(row, query_.sink.format, &values_);
  key_.clear();
  for (const uint32_t column : keys_) key_.append(values_[column]).push_back('\0');
  return key_;
}

void DigestSink::take_row(std::string_view row) {
  const uint64_t hash = hash_of(row);
  if (query_.mode == abi::EmitMode::Update) {
    by_key_[std::string(key_of(row))] = hash;
  } else {
    ++all_.rows;
    all_.hash += hash;
  }
}

SinkResult DigestSink::write(const SinkBatch& batch) {
  if (query_.mode == abi::EmitMode::Complete) all_ = {};
  const char* at = batch.rows->data;
  const char* end = at + batch.rows->size;
  while (at < end) {
    size_t size = 0;
    if (query_.sink.format == abi::OutputFormat::Table) {
      size = cells_size(at, end, query_.columns.size());
    } else {
      size = static_cast<size_t>(std::find(at, end, '\n') - at);
    }
    take_row({at, size});
    at += size + (query_.sink.format == abi::OutputFormat::Table ? 0 : 1);
  }
  return {};
}

Status DigestSink::close() {
  for (const auto& [key, hash] : by_key_) {
    ++all_.rows;
    all_.hash += hash;
  }
  *digest_ = all_;
  return {};
}

}  // namespace millrace
