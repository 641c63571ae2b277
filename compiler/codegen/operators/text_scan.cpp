#include "compiler/codegen/operators/text_scan.h"

#include <algorithm>
#include <cstring>

#include "compiler/codegen/operators/column_uses.h"
#include "compiler/codegen/operators/field_readers.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "runtime/abi/calls/scan.h"

namespace millrace {

using ir::Bool;
using ir::Bytes;
using ir::Int;
using ir::Label;
using ir::Pointer;
using ir::Word;

LineArrays::LineArrays(ir::Emitter& e, Pointer<const abi::LineBlock> block)
    : base(e.load<&abi::LineBlock::base>(block)),
      row_begin(e.load<&abi::LineBlock::row_begin>(block)),
      row_end(e.load<&abi::LineBlock::row_end>(block)),
      row_flags(e.load<&abi::LineBlock::row_flags>(block)),
      marks(e.load<&abi::LineBlock::marks>(block)),
      mark_begin(e.load<&abi::LineBlock::mark_begin>(block)) {}

void PipelineCompiler::count_error(abi::OnError policy, Int row) {
  Int bad = e.load<&abi::PipelineContext::rows_bad>(context_);
  e.store<&abi::PipelineContext::rows_bad>(context_, e.add(bad, e.int_(1)));
  if (policy != abi::OnError::Fail) return;
  e.store<&abi::PipelineContext::error>(context_, e.constant(abi::PipelineError::BadRecord));
  e.store<&abi::PipelineContext::error_row>(context_, row);
}

namespace {

/// The rows of a text block as lazily parsed columns. One row goes: locate the fields, then the body, in which a malformed field
/// leaves for `error_`; from there the row is dropped, fails the query, or is gone through again with every field missing.
class TextRows {
 public:
  TextRows(ir::Emitter& emitter, Pointer<abi::PipelineContext> context, Pointer<const abi::LineBlock> block,
           const LineArrays& lines, const abi::ScanSpec& spec, Pointer<void> scan, const std::vector<bool>& parse_at_test)
      : e(emitter), context_(context), block_(block), spec_(spec), scan_(scan), lines_(lines), parse_at_test_(parse_at_test) {}

  template <class Consume, class CountError>
  void row(Int row, Label done, Consume consume, CountError count_error) {
    row_ = row;
    error_ = e.new_label("row.error");
    Label body = e.new_label("row.body"), next = e.new_label("row.next");
    locate(body);
    place_body(body);
    Row columns(e);
    for (size_t i = 0; i < spec_.fields.size(); ++i) {
      // A string's end is found either way, so that testing it costs as much as reading it.
      bool read_at_once = parse_at_test_[i] || spec_.fields[i].type == abi::FieldType::String;
      columns.add([this, i] { return read(i); }, read_at_once ? Row::Test() : [this, i] { return is_null(i); });
    }
    consume(columns);
    e.jump_unless_left(next);
    e.place(error_);
    count_error(row);
    if (spec_.on_error == abi::OnError::Fail) {
      e.jump(done);
    } else if (spec_.on_error == abi::OnError::Skip) {
      e.jump(next);
    } else {
      arrive(body, missing_fields());
    }
    e.place(next);
  }

 private:
  using Located = std::vector<FieldText>;

  /// Emits the ways into the row's body, each with where it found the fields.
  void locate(Label body) {
    if (spec_.format == abi::Format::Text) {
      Word flags = e.zero_extend(e.element(lines_.row_flags, row_));
      e.unlikely_leave_if(e.not_(e.eq(e.band(flags, e.word(abi::kRowTooLong)), e.word(0))), error_);
      Bytes begin = line_begin();
      Int size = e.to_int(e.zero_extend(e.element(lines_.row_end, row_)));
      size = e.sub(size, e.to_int(e.zero_extend(e.element(lines_.row_begin, row_))));
      arrive(body, Located(spec_.fields.size(), FieldText{begin, size}));
    } else if (spec_.format == abi::Format::Csv) {
      locate_by_call(body, [&](auto fields) {
        return e.call<&abi::mr_csv_locate>(context_, Pointer<abi::CsvScan>(scan_.raw), block_, row_, fields);
      });
    } else {
      Label general = e.new_label("row.general");
      locate_by_marks(body, general);
      e.place(general);
      locate_by_call(body, [&](auto fields) {
        return e.call<&abi::mr_json_locate>(context_, Pointer<abi::JsonScan>(scan_.raw), block_, row_, fields);
      });
    }
  }

  template <class Call>
  void locate_by_call(Label body, Call call) {
    size_t count = spec_.fields.size();
    auto* type = llvm::ArrayType::get(e.builder().getInt8Ty(), sizeof(abi::StringRef) * (count ? count : 1));
    Pointer<abi::StringRef> fields(e.stack_slot(type, "fields"));
    e.unlikely_leave_if(e.not_(call(fields)), error_);
    Located located;
    for (size_t i = 0; i < count; ++i) {
      int64_t at = static_cast<int64_t>(i * sizeof(abi::StringRef));
      located.push_back({e.load_at<const char*>(fields, at), e.load_at<int64_t>(fields, at + 8)});
    }
    arrive(body, std::move(located));
  }

  /// The straight path: the record has the learned shape, so the n-th colon follows the key of field n, which is checked by
  /// comparing the bytes before it with the key's text [Li et al., "Mison", VLDB 2017].
  void locate_by_marks(Label body, Label general) {
    Word irregular = e.zero_extend(e.element(lines_.row_flags, row_));
    if (spec_.fields.empty()) {
      e.leave_if(e.not_(e.eq(irregular, e.word(0))), general);
      arrive(body, {});
      return;
    }
    for (const abi::FieldSpec& field : spec_.fields) {
      if (field.name.size() > kKeyBytesMax) {
        e.jump(general);
        return;
      }
    }
    Word first = e.zero_extend(e.element(lines_.mark_begin, row_));
    Word last = e.zero_extend(e.element(lines_.mark_begin, e.add(row_, e.int_(1))));
    Pointer<abi::JsonScan> scan(scan_.raw);
    Word expected = e.to_word(e.load<&abi::JsonScan::mark_count>(scan));
    Word off = e.bxor(e.to_word(e.sub(e.to_int(last), e.to_int(first))), expected);
    e.leave_if(e.not_(e.eq(e.bor(irregular, off), e.word(0))), general);
    Pointer<const uint32_t> ordinals = e.load<&abi::JsonScan::ordinal>(scan);
    Located located;
    Word difference = e.word(0);
    for (size_t i = 0; i < spec_.fields.size(); ++i) {
      Word ordinal = e.zero_extend(e.load_at<uint32_t>(ordinals, static_cast<int64_t>(i * 4)));
      Word colon = e.zero_extend(e.element(lines_.marks, e.add(e.to_int(first), e.to_int(ordinal))));
      Bytes at = e.byte_at(lines_.base, e.to_int(colon));
      difference = e.bor(difference, key_difference(at, '"' + spec_.fields[i].name + '"'));
      located.push_back({e.byte_at(at, e.int_(1)), e.int_(0)});
    }
    e.leave_if(e.not_(e.eq(difference, e.word(0))), general);
    arrive(body, std::move(located));
  }

  /// Zero when the bytes in front of the colon are `key`: constants against loads of 8, 4 or 2 bytes, the last ones overlapping.
  Word key_difference(Bytes colon, const std::string& key) {
    auto size = static_cast<int64_t>(key.size());
    unsigned width = size >= 8 ? 8 : size >= 4 ? 4 : 2;
    Word difference = e.word(0);
    for (int64_t at = 0; at < size; at += width) {
      int64_t from = std::min(at, size - width);
      uint64_t expected = 0;
      std::memcpy(&expected, key.data() + from, width);
      Word actual = e.load_bytes(colon, from - size, width);
      difference = e.bor(difference, e.bxor(actual, e.word(expected)));
    }
    return difference;
  }

  void arrive(Label body, Located located) {
    ways_.push_back({e.here(), std::move(located)});
    e.jump(body);
    if (placed_) connect(ways_.back());
  }

  Located missing_fields() { return Located(spec_.fields.size(), FieldText{e.null<const char>(), e.int_(0)}); }

  void place_body(Label body) {
    e.place(body);
    placed_ = true;
    for (size_t i = 0; i < spec_.fields.size(); ++i) {
      fields_.push_back({e.phi<const char*>(3), spec_.format == abi::Format::Json ? e.int_(0) : e.phi<int64_t>(3)});
    }
    for (const Way& way : ways_) connect(way);
  }

  struct Way {
    Label from;
    Located located;
  };

  void connect(const Way& way) {
    for (size_t i = 0; i < fields_.size(); ++i) {
      e.incoming(fields_[i].data, way.located[i].data, way.from);
      if (spec_.format != abi::Format::Json) e.incoming(fields_[i].size, way.located[i].size, way.from);
    }
  }

  Bytes line_begin() { return e.byte_at(lines_.base, e.to_int(e.zero_extend(e.element(lines_.row_begin, row_)))); }
  Bytes line_end() { return e.byte_at(lines_.base, e.to_int(e.zero_extend(e.element(lines_.row_end, row_)))); }

  SqlValue read(size_t i) { return reader(i).read(fields_[i]); }
  Bool is_null(size_t i) { return reader(i).is_null(fields_[i]); }
  FieldReader reader(size_t i) {
    return FieldReader(e, context_, spec_.format, spec_.fields[i].type, error_, [this] { return line_end(); });
  }

  ir::Emitter& e;
  Pointer<abi::PipelineContext> context_;
  Pointer<const abi::LineBlock> block_;
  const abi::ScanSpec& spec_;
  Pointer<void> scan_;
  LineArrays lines_;
  const std::vector<bool>& parse_at_test_;
  Int row_;
  Label error_;
  bool placed_ = false;
  std::vector<Way> ways_;
  Located fields_;
};

}  // namespace

void PipelineCompiler::produce(const pipeline::ScanSource& source) {
  const auto& spec = std::get<pipeline::ScanState>(query_.states[source.slot]).scan;
  Pointer<void> scan = state<void>(source.slot);
  LineArrays lines(e, block_);
  std::vector<bool> parse_at_test = values_wanted_at_null_tests(query_, pipeline_, spec.fields.size());
  e.for_range(from_, to_, [&](Int row) {
    TextRows rows(e, context_, block_, lines, spec, scan, parse_at_test);
    rows.row(row, done_, [&](Row& columns) { consume(0, columns); }, [&](Int at) { count_error(spec.on_error, at); });
  });
}

}  // namespace millrace
