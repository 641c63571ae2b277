#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"
#include "runtime/formats/output_buffer.h"
#include "runtime/hot/output.h"

/// A query with one column `n` to a sink of this format.
inline millrace::abi::QuerySpec query_to(millrace::abi::OutputFormat format, millrace::abi::Options options = {}) {
  millrace::abi::QuerySpec query;
  query.sink.format = format;
  query.sink.options = std::move(options);
  query.columns = {{"n", "BIGINT", true}};
  return query;
}

/// One batch of `rows` rows that print as `text`.
inline millrace::SinkResult write_batch(millrace::Sink& sink, int64_t batch_id, std::string_view text, int64_t rows = 1) {
  millrace::abi::OutputBuffer buffer = millrace::make_output_buffer();
  millrace::abi::mr_out_bytes(&buffer, text.data(), static_cast<int64_t>(text.size()));
  buffer.row_count = rows;
  millrace::SinkResult result = sink.write({&buffer, batch_id, true});
  millrace::free_output_buffer(&buffer);
  return result;
}
