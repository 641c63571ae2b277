#include "compiler/codegen/operators/text_scan.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "compiler/codegen/operators/column_uses.h"
#include "compiler/codegen/operators/field_readers.h"
#include "compiler/codegen/operators/glance_bounds.h"
#include "compiler/codegen/operators/groups_ahead.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "runtime/abi/calls/scan.h"
#include "runtime/hot/json.h"

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

void PipelineCompiler::count_error(const abi::ScanSpec& scan, Int row) {
  if (scan.notes_bad_rows) e.call<&abi::mr_note_bad_row>(context_, row);
  Int bad = e.load<&abi::PipelineContext::rows_bad>(context_);
  e.store<&abi::PipelineContext::rows_bad>(context_, e.add(bad, e.int_(1)));
  if (scan.on_error != abi::OnError::Fail) return;
  e.store<&abi::PipelineContext::error>(context_, e.constant(abi::PipelineError::BadRecord));
  e.store<&abi::PipelineContext::error_row>(context_, row);
}

namespace {

/// What has been found of the rows from `from` on: by mr_json_place_rows, or by mr_json_place_shared, of all rows and with values.
struct PlacedRows {
  bool are_placed = false;
  Int from;
  Pointer<const uint64_t> known;
  Bytes places;
  const pipeline::SharedScan* shared = nullptr;
  std::vector<Pointer<const int64_t>> values;  ///< of a shared scan, for each of the pipeline's fields; null: it is not parsed

  /// Which of the places of a row is that of field i, and how many a row has.
  size_t place_of(size_t i) const { return shared != nullptr ? shared->places[i] : i; }
  size_t places_a_row(const abi::ScanSpec& own) const { return std::max<size_t>(shared != nullptr ? shared->scan.fields.size() : own.fields.size(), 1); }
};

PlacedRows place_shared(ir::Emitter& e, const pipeline::SharedScan& shared, Pointer<abi::JsonScan> scan, Pointer<const abi::LineBlock> block) {
  PlacedRows placed;
  e.call<&abi::mr_json_place_shared>(scan, block);
  placed.are_placed = true;
  placed.from = e.int_(0);
  placed.known = e.load<&abi::JsonScan::known>(scan);
  placed.places = Bytes(e.load<&abi::JsonScan::placed>(scan).raw);
  placed.shared = &shared;
  const Bytes values(e.load<&abi::JsonScan::values>(scan).raw);
  const Int stride = e.load<&abi::JsonScan::value_stride>(scan);
  for (const uint32_t place : shared.places) {
    const auto& fields = shared.scan.fields;
    const auto parsed_before = std::count_if(fields.begin(), fields.begin() + place, [](const abi::FieldSpec& f) { return f.parsed; });
    Pointer<const int64_t> column;
    if (fields[place].parsed) column = Pointer<const int64_t>(e.byte_at(values, e.mul(stride, e.int_(parsed_before * 8))).raw);
    placed.values.push_back(column);
  }
  return placed;
}

/// Not for strict scans, which check every byte, nor for keys beyond what may be compared.
PlacedRows place_rows(ir::Emitter& e, const abi::ScanSpec& spec, Pointer<abi::JsonScan> scan, Pointer<const abi::LineBlock> block,
                      Int from, Int to) {
  PlacedRows placed;
  placed.are_placed = spec.format == abi::Format::Json && !spec.strict && !spec.fields.empty();
  for (const abi::FieldSpec& field : spec.fields) placed.are_placed = placed.are_placed && field.name.size() <= kKeyBytesMax;
  if (!placed.are_placed) return placed;
  e.call<&abi::mr_json_place_rows>(scan, block, from, to);
  placed.from = from;
  placed.known = e.load<&abi::JsonScan::known>(scan);
  placed.places = Bytes(e.load<&abi::JsonScan::placed>(scan).raw);
  return placed;
}

/// The rows of a text block as lazily parsed columns. One row goes: locate the fields, then the body, in which a malformed field
/// leaves for `error_`; from there the row is dropped, fails the query, or is gone through again with every field missing.
class TextRows {
 public:
  TextRows(ir::Emitter& emitter, Pointer<abi::PipelineContext> context, Pointer<const abi::LineBlock> block,
           const LineArrays& lines, const abi::ScanSpec& spec, const std::vector<SqlType>& types, Pointer<void> scan,
           const PlacedRows& placed, const std::vector<bool>& parse_at_test)
      : e(emitter), context_(context), block_(block), spec_(spec), types_(types), scan_(scan), placed_rows_(placed), lines_(lines),
        parse_at_test_(parse_at_test) {
    if (spec_.format != abi::Format::Json) return;
    const size_t count = placed.places_a_row(spec);
    own_places_ = Pointer<abi::JsonField>(e.stack_slot(llvm::ArrayType::get(e.builder().getInt64Ty(), count), "places"));
  }

  template <class Consume, class CountError>
  void row(Int row, Label done, Consume consume, CountError count_error) {
    row_ = row;
    error_ = e.new_label("row.error");
    const bool has_other_rows = spec_.format == abi::Format::Json && placed_rows_.shared == nullptr;
    if (has_other_rows) general_ = e.new_label("row.general");
    Label body = e.new_label("row.body"), next = e.new_label("row.next");
    locate(body);
    place_body(body);
    Row columns(e);
    for (size_t i = 0; i < spec_.fields.size(); ++i) {
      // A string's end is found either way, so that testing it costs as much as reading it.
      bool read_at_once = parse_at_test_[i] || types_[i].is(TypeKind::String) || types_[i].is_nested();
      columns.add([this, i] { return read(i); }, read_at_once ? Row::Test() : [this, i](bool nan_too) { return is_null(i, nan_too); },
                  glances_at(i) ? [this, i](double bound) { return glance(i, bound); } : Row::Glance());
    }
    if (placed_rows_.are_placed) columns.set_presence_test([this](const std::vector<uint32_t>& fields) { return are_known(fields); });
    consume(columns);
    e.jump_unless_left(next);
    e.place(error_);
    count_error(row);
    if (spec_.on_error == abi::OnError::Fail) {
      e.jump(done);
    } else if (spec_.on_error == abi::OnError::Skip) {
      e.jump(next);
    } else {
      arrive_without_fields(body);
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
      arrive(body, Located(spec_.fields.size(), FieldText{begin, size, {}}));
    } else if (spec_.format == abi::Format::Csv) {
      locate_csv(body);
    } else if (placed_rows_.shared != nullptr) {
      locate_shared(body);
    } else {
      if (placed_rows_.are_placed) locate_as_expected(body);
      locate_by_marks(body, general_);
      e.place(general_);
      Word known = e.call<&abi::mr_json_locate>(context_, Pointer<abi::JsonScan>(scan_.raw), block_, row_, own_places_);
      e.unlikely_leave_if(e.eq(known, e.word(0)), error_);
      arrive(body, own_places_, known);
    }
  }

  void locate_csv(Label body) {
    size_t count = spec_.fields.size();
    auto* type = llvm::ArrayType::get(e.builder().getInt8Ty(), sizeof(abi::StringRef) * (count ? count : 1));
    Pointer<abi::StringRef> fields(e.stack_slot(type, "fields"));
    e.unlikely_leave_if(e.not_(e.call<&abi::mr_csv_locate>(context_, Pointer<abi::CsvScan>(scan_.raw), block_, row_, fields)), error_);
    Located located;
    for (size_t i = 0; i < count; ++i) {
      int64_t at = static_cast<int64_t>(i * sizeof(abi::StringRef));
      located.push_back({e.load_at<const char*>(fields, at), e.load_at<int64_t>(fields, at + 8), {}});
    }
    arrive(body, std::move(located));
  }

  /// The straightest path: an unmarked row that is as expected, byte by byte; where its fields are has been noted.
  void locate_as_expected(Label body) {
    Label other = e.new_label("row.not_placed");
    Int place = e.sub(row_, placed_rows_.from);
    Word known = e.element(placed_rows_.known, place);
    e.leave_if(e.eq(known, e.word(0)), other);
    int64_t row_bytes = static_cast<int64_t>(spec_.fields.size() * sizeof(abi::JsonField));
    arrive(body, Pointer<abi::JsonField>(e.byte_at(placed_rows_.places, e.mul(place, e.int_(row_bytes))).raw), known);
    e.place(other);
    Word flags = e.zero_extend(e.element(lines_.row_flags, row_));
    e.leave_if(e.eq(flags, e.word(abi::kRowUnmarked)), general_);
  }

  /// All rows have been placed; of those that are doubtful it depends on the fields whether they are good.
  void locate_shared(Label body) {
    Label doubtful = e.new_label("row.doubtful");
    Word known = e.element(placed_rows_.known, row_);
    int64_t row_bytes = static_cast<int64_t>(placed_rows_.places_a_row(spec_) * sizeof(abi::JsonField));
    Pointer<abi::JsonField> places(e.byte_at(placed_rows_.places, e.mul(row_, e.int_(row_bytes))).raw);
    e.leave_if(e.eq(e.band(known, e.word(abi::kRowPlaced)), e.word(0)), doubtful);
    arrive(body, places, known);
    e.place(doubtful);
    uint64_t wanted = 0;
    for (size_t i = 0; i < spec_.fields.size(); ++i) wanted |= uint64_t{1} << placed_rows_.place_of(i);
    Bool good = e.call<&abi::mr_json_shared_row_is_good>(Pointer<abi::JsonScan>(scan_.raw), block_, row_, e.word(wanted));
    e.unlikely_leave_if(e.not_(good), error_);
    arrive(body, places);
  }

  /// The straight path: the record has the learned shape, so the n-th colon follows the key of field n, which is checked by
  /// comparing the bytes before it with the key's text [Li et al., "Mison", VLDB 2017].
  void locate_by_marks(Label body, Label general) {
    Word irregular = e.zero_extend(e.element(lines_.row_flags, row_));
    if (spec_.fields.empty()) {
      irregular = e.band(irregular, e.word(~uint64_t{abi::kRowUnmarked}));
      e.leave_if(e.not_(e.eq(irregular, e.word(0))), general);
      arrive(body, own_places_);
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
    std::vector<Word> colons;
    Word difference = e.word(0);
    for (size_t i = 0; i < spec_.fields.size(); ++i) {
      Word ordinal = e.zero_extend(e.load_at<uint32_t>(ordinals, static_cast<int64_t>(i * 4)));
      Word colon = e.zero_extend(e.element(lines_.marks, e.add(e.to_int(first), e.to_int(ordinal))));
      Bytes at = e.byte_at(lines_.base, e.to_int(colon));
      difference = e.bor(difference, key_difference(at, '"' + spec_.fields[i].name + '"'));
      colons.push_back(colon);
    }
    e.leave_if(e.not_(e.eq(difference, e.word(0))), general);
    // The size, in the upper half, is not known.
    for (size_t i = 0; i < colons.size(); ++i) {
      e.store_at<uint64_t>(own_places_, static_cast<int64_t>(i * sizeof(abi::JsonField)), e.to_word(e.add(e.to_int(colons[i]), e.int_(1))));
    }
    arrive(body, own_places_);
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

  /// json's ways say where the places are kept, the others' where the fields are.
  struct Way {
    Label from;
    Located located;
    Pointer<abi::JsonField> places;
    Word known;  ///< as in JsonScan::known; nothing is known but of placed rows
  };

  void arrive(Label body, Located located) { arrive(body, Way{e.here(), std::move(located), {}, {}}); }
  void arrive(Label body, Pointer<abi::JsonField> places) { arrive(body, places, e.word(0)); }
  void arrive(Label body, Pointer<abi::JsonField> places, Word known) { arrive(body, Way{e.here(), {}, places, known}); }
  void arrive(Label body, Way way) {
    ways_.push_back(std::move(way));
    e.jump(body);
    if (placed_) connect(ways_.back());
  }

  /// Goes through the row again as one without any field.
  void arrive_without_fields(Label body) {
    if (spec_.format == abi::Format::Json) {
      for (size_t i = 0; i < spec_.fields.size(); ++i) {
        e.store_at<uint64_t>(own_places_, static_cast<int64_t>(placed_rows_.place_of(i) * sizeof(abi::JsonField)), e.word(abi::kNoField));
      }
      arrive(body, own_places_);
    } else {
      arrive(body, Located(spec_.fields.size(), FieldText{e.null<const char>(), e.int_(0), {}}));
    }
  }

  void place_body(Label body) {
    e.place(body);
    placed_ = true;
    if (spec_.format == abi::Format::Json) {
      places_ = e.phi<abi::JsonField*>(4);
      known_ = e.phi<uint64_t>(4);
    } else {
      for (size_t i = 0; i < spec_.fields.size(); ++i) fields_.push_back({e.phi<const char*>(3), e.phi<int64_t>(3), {}});
    }
    for (const Way& way : ways_) connect(way);
  }

  void connect(const Way& way) {
    if (spec_.format == abi::Format::Json) {
      e.incoming(places_, way.places, way.from);
      e.incoming(known_, way.known, way.from);
      return;
    }
    for (size_t i = 0; i < fields_.size(); ++i) {
      e.incoming(fields_[i].data, way.located[i].data, way.from);
      e.incoming(fields_[i].size, way.located[i].size, way.from);
    }
  }

  Bytes line_begin() { return e.byte_at(lines_.base, e.to_int(e.zero_extend(e.element(lines_.row_begin, row_)))); }
  Bytes line_end() { return e.byte_at(lines_.base, e.to_int(e.zero_extend(e.element(lines_.row_end, row_)))); }

  SqlValue read(size_t i) { return reader(i).read(field(i)); }
  Bool is_null(size_t i, bool nan_too) { return reader(i).is_null(field(i), nan_too); }
  /// Only of placed rows are sizes of numbers known.
  bool glances_at(size_t i) const { return placed_rows_.are_placed && types_[i].is(TypeKind::Double) && !is_parsed(i); }
  bool is_parsed(size_t i) const { return placed_rows_.shared != nullptr && placed_rows_.values[i].raw != nullptr; }
  Int glance(size_t i, double bound) {
    const std::optional<GlanceBounds> bounds = glance_bounds(bound);
    if (!bounds) return {};
    const FieldText text = field(i);
    return e.call<&abi::mr_json_glance_at_double>(text.data, text.size, e.int_(bounds->whole), e.word(bounds->below), e.word(bounds->above));
  }
  /// Loaded at each use: a row whose filter fails loads no more than the filter needs.
  FieldText field(size_t i) {
    if (spec_.format != abi::Format::Json) return fields_[i];
    if (spec_.fields[i].late && placed_rows_.are_placed && placed_rows_.shared == nullptr) place_late();
    const size_t place = placed_rows_.place_of(i);
    int64_t at = static_cast<int64_t>(place * sizeof(abi::JsonField));
    Word offset = e.zero_extend(e.load_at<uint32_t>(places_, at));
    Int size = e.to_int(e.zero_extend(e.load_at<uint32_t>(places_, at + 4)));
    Bool known;
    if (placed_rows_.are_placed && place < abi::kKnownFieldsMax) known = e.not_(e.eq(e.band(known_, e.word(uint64_t{1} << place)), e.word(0)));
    FieldText text{e.byte_at(lines_.base, e.to_int(offset)), size, e.eq(offset, e.word(abi::kNoField)), known};
    if (is_parsed(i)) text.parsed = [this, i] { return e.element(placed_rows_.values[i], row_); };
    return text;
  }

  /// In front of the first use of a late field: what the row's first comparison has left is found now. A row that turns out to be odd is
  /// gone through again; it has left no trace so far.
  void place_late() {
    if (late_placed_ && e.is_open(*late_placed_)) return;
    late_placed_ = e.scope();
    e.if_(e.not_(e.eq(e.band(known_, e.word(abi::kTailPending)), e.word(0))), [&] {
      Bool fits = e.call<&abi::mr_json_place_late>(Pointer<abi::JsonScan>(scan_.raw), block_, row_, places_);
      e.unlikely_leave_if(e.not_(fits), general_);
    });
  }

  /// Whether these fields are all known to have a value; empty where too many are asked for.
  Bool are_known(const std::vector<uint32_t>& fields) {
    uint64_t wanted = 0;
    for (const uint32_t field : fields) {
      const size_t place = placed_rows_.place_of(field);
      if (place >= abi::kKnownFieldsMax) return {};
      wanted |= uint64_t{1} << place;
    }
    return e.eq(e.band(known_, e.word(wanted)), e.word(wanted));
  }
  FieldReader reader(size_t i) {
    return FieldReader(e, context_, spec_.format, spec_.fields[i].type, types_[i], error_, [this] { return line_end(); });
  }

  ir::Emitter& e;
  Pointer<abi::PipelineContext> context_;
  Pointer<const abi::LineBlock> block_;
  const abi::ScanSpec& spec_;
  const std::vector<SqlType>& types_;  ///< of the fields
  Pointer<void> scan_;
  PlacedRows placed_rows_;
  LineArrays lines_;
  const std::vector<bool>& parse_at_test_;
  Int row_;
  Label error_;
  bool placed_ = false;
  std::vector<Way> ways_;
  Located fields_;
  Pointer<abi::JsonField> places_;
  Word known_;
  Label general_;
  std::optional<uint64_t> late_placed_;     ///< the scope in which late fields were placed
  Pointer<abi::JsonField> own_places_;  ///< of a row that is not placed
};

}  // namespace

void PipelineCompiler::produce(const pipeline::ScanSource& source) {
  const auto& kept = std::get<pipeline::ScanState>(query_.states[source.slot]);
  const abi::ScanSpec& spec = kept.scan;
  Pointer<void> scan = state<void>(source.slot);
  const Schema& columns = query_.query->sources[source.scan->relation].columns;
  std::vector<SqlType> types;
  for (const abi::FieldSpec& field : spec.fields) types.push_back(columns[static_cast<size_t>(field.ordinal)].type);
  LineArrays lines(e, block_);
  Pointer<abi::JsonScan> json(scan.raw);
  PlacedRows placed = kept.shared ? place_shared(e, *kept.shared, json, block_) : place_rows(e, spec, json, block_, from_, to_);
  std::vector<bool> parse_at_test = values_wanted_at_null_tests(query_, pipeline_, spec.fields.size());
  const auto compute = [&](Int from, Int to) {
    e.for_range(from, to, [&](Int row) {
      line_ = row;
      TextRows rows(e, context_, block_, lines, spec, types, scan, placed, parse_at_test);
      rows.row(row, done_, [&](Row& columns) { consume(0, columns); }, [&](Int at) { count_error(spec, at); });
    });
  };
  std::vector<uint32_t> keys;
  if (placed.are_placed && placed.shared == nullptr) keys = GroupsAhead::key_fields(query_, pipeline_, spec, types);
  if (keys.empty()) {
    compute(from_, to_);
  } else {
    GroupsAhead ahead(e, {placed.from, placed.known, placed.places, placed.places_a_row(spec), lines.base}, std::move(keys), types);
    const int32_t slot = std::get<pipeline::AggregateTarget>(pipeline_.target).slot;
    const auto groups = state<abi::AggregateState>(slot);
    const auto entry_bytes = static_cast<int64_t>(std::get<pipeline::AggregateState>(query_.states[static_cast<size_t>(slot)]).kept.entry_size);
    const Int rounds = e.sdiv(e.add(e.sub(to_, from_), e.int_(GroupsAhead::kRows - 1)), e.int_(GroupsAhead::kRows));
    e.for_range(e.int_(0), rounds, [&](Int round) {
      const Int from = e.add(from_, e.mul(round, e.int_(GroupsAhead::kRows)));
      const Int end = e.add(from, e.int_(GroupsAhead::kRows));
      const Int to = e.select(e.lt(end, to_), end, to_);
      ahead.ask(groups, entry_bytes, from, to);
      compute(from, to);
    });
  }
  line_.reset();
}

void PipelineCompiler::count_late() {
  if (!query_.query->late_table.empty() && line_) e.call<&abi::mr_note_late_row>(context_, *line_);
  Int late = e.load<&abi::PipelineContext::rows_late>(context_);
  e.store<&abi::PipelineContext::rows_late>(context_, e.add(late, e.int_(1)));
}

}  // namespace millrace
