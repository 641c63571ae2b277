#include <chrono>

#include "runtime/connectors/records/record_kinds.h"
#include "runtime/connectors/records/record_text.h"
#include "runtime/connectors/records/tpch_text.h"

namespace millrace {

namespace {

using Words = std::span<const std::string_view>;

struct Nation {
  std::string_view name;
  int64_t region;
};
constexpr std::string_view kRegions[] = {"AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"};
constexpr Nation kNations[] = {{"ALGERIA", 0},    {"ARGENTINA", 1}, {"BRAZIL", 1},  {"CANADA", 1},       {"EGYPT", 4},          {"ETHIOPIA", 0}, {"FRANCE", 3},
                               {"GERMANY", 3},    {"INDIA", 2},     {"INDONESIA", 2}, {"IRAN", 4},       {"IRAQ", 4},           {"JAPAN", 2},    {"JORDAN", 4},
                               {"KENYA", 0},      {"MOROCCO", 0},   {"MOZAMBIQUE", 0}, {"PERU", 1},      {"CHINA", 2},          {"ROMANIA", 3},  {"SAUDI ARABIA", 4},
                               {"VIETNAM", 2},    {"RUSSIA", 3},    {"UNITED KINGDOM", 3}, {"UNITED STATES", 1}};
constexpr std::string_view kSegments[] = {"AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY"};
constexpr std::string_view kPriorities[] = {"1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"};
constexpr std::string_view kInstructions[] = {"COLLECT COD", "DELIVER IN PERSON", "NONE", "TAKE BACK RETURN"};
constexpr std::string_view kModes[] = {"AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"};
constexpr std::string_view kTypeSizes[] = {"ECONOMY", "LARGE", "MEDIUM", "PROMO", "SMALL", "STANDARD"};
constexpr std::string_view kTypeFinishes[] = {"ANODIZED", "BRUSHED", "BURNISHED", "PLATED", "POLISHED"};
constexpr std::string_view kTypeMetals[] = {"BRASS", "COPPER", "NICKEL", "STEEL", "TIN"};
constexpr std::string_view kContainerSizes[] = {"JUMBO", "LG", "MED", "SM", "WRAP"};
constexpr std::string_view kContainers[] = {"BAG", "BOX", "CAN", "CASE", "DRUM", "JAR", "PACK", "PKG"};
constexpr std::string_view kColours[] = {
    "almond",  "antique",   "aquamarine", "azure",     "beige",    "bisque",   "black",    "blanched", "blue",     "blush",    "brown",   "burlywood", "burnished",
    "chartreuse", "chiffon", "chocolate", "coral",     "cornflower", "cornsilk", "cream",  "cyan",     "dark",     "deep",     "dim",     "dodger",    "drab",
    "firebrick", "floral",  "forest",     "frosted",   "gainsboro", "ghost",   "goldenrod", "green",   "grey",     "honeydew", "hot",     "indian",    "ivory",
    "khaki",   "lace",      "lavender",   "lawn",      "lemon",    "light",    "lime",     "linen",    "magenta",  "maroon",   "medium",  "metallic",  "midnight",
    "mint",    "misty",     "moccasin",   "navajo",    "navy",     "olive",    "orange",   "orchid",   "pale",     "papaya",   "peach",   "peru",      "pink",
    "plum",    "powder",    "puff",       "purple",    "red",      "rose",     "rosy",     "royal",    "saddle",   "salmon",   "sandy",   "seashell",  "sienna",
    "sky",     "slate",     "smoke",      "snow",      "spring",   "steel",    "tan",      "thistle",  "tomato",   "turquoise", "violet", "wheat",     "white",
    "yellow"};
static_assert(std::size(kColours) == 92);

/// One comment on an order in so many asks for what q13 leaves out.
constexpr uint64_t kRequestsIn = 93;
/// One supplier in so many has complaints, another recommendations.
constexpr uint64_t kComplaintsIn = 2000;

char* put_padded(char* out, int64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + digits;
}

/// `"Customer#000000001"`
char* put_name(char* out, std::string_view what, int64_t number) {
  *out++ = '"';
  out = put_padded(put(out, what), number, 9);
  *out++ = '"';
  return out;
}

char* put_quoted(char* out, std::string_view text) {
  *out++ = '"';
  out = put(out, text);
  *out++ = '"';
  return out;
}

/// Hundredths, as a number with two digits behind its point.
char* put_money(char* out, int64_t hundredths) {
  if (hundredths < 0) *out++ = '-';
  const int64_t size = hundredths < 0 ? -hundredths : hundredths;
  out = put_integer(out, size / 100);
  *out++ = '.';
  return put_padded(out, size % 100, 2);
}

char* put_date(char* out, int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  *out++ = '"';
  out = put_padded(out, static_cast<int>(date.year()), 4);
  *out++ = '-';
  out = put_padded(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  out = put_padded(out, static_cast<unsigned>(date.day()), 2);
  *out++ = '"';
  return out;
}

char* put_words(char* out, std::initializer_list<Words> lists, RandomNumbers& random) {
  *out++ = '"';
  bool first = true;
  for (Words words : lists) {
    if (!first) *out++ = ' ';
    out = put(out, random.one_of(words));
    first = false;
  }
  *out++ = '"';
  return out;
}

/// Five different colours.
char* put_part_name(char* out, RandomNumbers& random) {
  constexpr size_t kWords = 5;
  std::array<uint64_t, kWords> chosen{};
  *out++ = '"';
  for (size_t i = 0; i < kWords; ++i) {
    bool again = true;
    while (again) {
      chosen[i] = random.below(std::size(kColours));
      again = false;
      for (size_t j = 0; j < i; ++j) again = again || chosen[j] == chosen[i];
    }
    if (i > 0) *out++ = ' ';
    out = put(out, kColours[chosen[i]]);
  }
  *out++ = '"';
  return out;
}

/// What the tables have in common: one row after the other, each by its number alone.
class TpchRecords : public RecordMaker {
 public:
  explicit TpchRecords(const RecordSettings& settings) : sizes_(settings.scale), text_(settings.seed), settings_(settings) {}

 protected:
  RandomNumbers numbers(int64_t row) const { return tpch_row_numbers(settings_.seed, settings_.table, row); }
  /// The order itself, and what is random of its row in this table alone.
  TpchOrder order(int64_t row) const { return tpch_order(settings_.seed, row, sizes_); }

  const TpchSizes sizes_;
  const TpchText text_;

 private:
  const RecordSettings settings_;
};

/// A table whose number of rows is known beforehand; `row` from 0.
class CountedTable : public TpchRecords {
 public:
  using TpchRecords::TpchRecords;
  bool ended() const final { return row_ == rows(); }
  char* append(char* out, int64_t) final {
    RandomNumbers random = numbers(row_);
    out = put(append_row(out, row_, random), "}\n");
    ++row_;
    return out;
  }

 protected:
  virtual int64_t rows() const = 0;
  virtual char* append_row(char* out, int64_t row, RandomNumbers& random) const = 0;

 private:
  int64_t row_ = 0;
};

class RegionRecords final : public CountedTable {
 public:
  using CountedTable::CountedTable;

 protected:
  int64_t rows() const override { return std::size(kRegions); }
  char* append_row(char* out, int64_t row, RandomNumbers& random) const override {
    out = put_integer(put(out, "{\"r_regionkey\":"), row);
    out = put_quoted(put(out, ",\"r_name\":"), kRegions[row]);
    return text_.put_comment(put(out, ",\"r_comment\":"), 31, 115, random);
  }
};

class NationRecords final : public CountedTable {
 public:
  using CountedTable::CountedTable;

 protected:
  int64_t rows() const override { return std::size(kNations); }
  char* append_row(char* out, int64_t row, RandomNumbers& random) const override {
    out = put_integer(put(out, "{\"n_nationkey\":"), row);
    out = put_quoted(put(out, ",\"n_name\":"), kNations[row].name);
    out = put_integer(put(out, ",\"n_regionkey\":"), kNations[row].region);
    return text_.put_comment(put(out, ",\"n_comment\":"), 31, 114, random);
  }
};

class SupplierRecords final : public CountedTable {
 public:
  using CountedTable::CountedTable;

 protected:
  int64_t rows() const override { return sizes_.suppliers; }
  char* append_row(char* out, int64_t row, RandomNumbers& random) const override {
    const int64_t nation = random.between(0, std::size(kNations) - 1);
    out = put_integer(put(out, "{\"s_suppkey\":"), row + 1);
    out = put_name(put(out, ",\"s_name\":"), "Supplier#", row + 1);
    out = TpchText::put_address(put(out, ",\"s_address\":"), random);
    out = put_integer(put(out, ",\"s_nationkey\":"), nation);
    out = put_tpch_phone(put(out, ",\"s_phone\":"), nation, random);
    out = put_money(put(out, ",\"s_acctbal\":"), random.between(-99'999, 999'999));
    out = put(out, ",\"s_comment\":");
    const uint64_t said = random.below(kComplaintsIn);
    if (said > 1) return text_.put_comment(out, 25, 100, random);
    return text_.put_comment_with(out, 25, 100, "Customer", said == 0 ? "Complaints" : "Recommends", random);
  }
};

class CustomerRecords final : public CountedTable {
 public:
  using CountedTable::CountedTable;

 protected:
  int64_t rows() const override { return sizes_.customers; }
  char* append_row(char* out, int64_t row, RandomNumbers& random) const override {
    const int64_t nation = random.between(0, std::size(kNations) - 1);
    out = put_integer(put(out, "{\"c_custkey\":"), row + 1);
    out = put_name(put(out, ",\"c_name\":"), "Customer#", row + 1);
    out = TpchText::put_address(put(out, ",\"c_address\":"), random);
    out = put_integer(put(out, ",\"c_nationkey\":"), nation);
    out = put_tpch_phone(put(out, ",\"c_phone\":"), nation, random);
    out = put_money(put(out, ",\"c_acctbal\":"), random.between(-99'999, 999'999));
    out = put_words(put(out, ",\"c_mktsegment\":"), {kSegments}, random);
    return text_.put_comment(put(out, ",\"c_comment\":"), 29, 116, random);
  }
};

class PartRecords final : public CountedTable {
 public:
  using CountedTable::CountedTable;

 protected:
  int64_t rows() const override { return sizes_.parts; }
  char* append_row(char* out, int64_t row, RandomNumbers& random) const override {
    const int64_t maker = random.between(1, 5);
    const int64_t brand = maker * 10 + random.between(1, 5);
    out = put_integer(put(out, "{\"p_partkey\":"), row + 1);
    out = put_part_name(put(out, ",\"p_name\":"), random);
    out = put_integer(put(out, ",\"p_mfgr\":\"Manufacturer#"), maker);
    out = put_integer(put(out, "\",\"p_brand\":\"Brand#"), brand);
    out = put_words(put(out, "\",\"p_type\":"), {kTypeSizes, kTypeFinishes, kTypeMetals}, random);
    out = put_integer(put(out, ",\"p_size\":"), random.between(1, 50));
    out = put_words(put(out, ",\"p_container\":"), {kContainerSizes, kContainers}, random);
    out = put_money(put(out, ",\"p_retailprice\":"), tpch_retail_price(row + 1));
    return text_.put_comment(put(out, ",\"p_comment\":"), 5, 22, random);
  }
};

class PartsuppRecords final : public CountedTable {
 public:
  using CountedTable::CountedTable;

 protected:
  static constexpr int64_t kSuppliers = 4;

  int64_t rows() const override { return sizes_.parts * kSuppliers; }
  char* append_row(char* out, int64_t row, RandomNumbers& random) const override {
    const int64_t part = row / kSuppliers + 1;
    out = put_integer(put(out, "{\"ps_partkey\":"), part);
    out = put_integer(put(out, ",\"ps_suppkey\":"), tpch_supplier_of_part(part, row % kSuppliers, sizes_.suppliers));
    out = put_integer(put(out, ",\"ps_availqty\":"), random.between(1, 9'999));
    out = put_money(put(out, ",\"ps_supplycost\":"), random.between(100, 100'000));
    return text_.put_comment(put(out, ",\"ps_comment\":"), 49, 198, random);
  }
};

class OrderRecords final : public CountedTable {
 public:
  using CountedTable::CountedTable;

 protected:
  int64_t rows() const override { return sizes_.orders; }
  char* append_row(char* out, int64_t row, RandomNumbers&) const override {
    TpchOrder made = order(row);
    RandomNumbers& random = made.rest;
    out = put_integer(put(out, "{\"o_orderkey\":"), made.key);
    out = put_integer(put(out, ",\"o_custkey\":"), made.customer);
    out = put_quoted(put(out, ",\"o_orderstatus\":"), {&made.status, 1});
    out = put_money(put(out, ",\"o_totalprice\":"), made.total_price);
    out = put_date(put(out, ",\"o_orderdate\":"), made.date);
    out = put_words(put(out, ",\"o_orderpriority\":"), {kPriorities}, random);
    out = put_name(put(out, ",\"o_clerk\":"), "Clerk#", random.between(1, sizes_.clerks));
    out = put(out, ",\"o_shippriority\":0,\"o_comment\":");
    if (!random.once_in(kRequestsIn)) return text_.put_comment(out, 19, 78, random);
    return text_.put_comment_with(out, 19, 78, "special", "requests", random);
  }
};

class LineitemRecords final : public TpchRecords {
 public:
  explicit LineitemRecords(const RecordSettings& settings) : TpchRecords(settings), order_(order(0)), random_(numbers(0)) {}

  bool ended() const override { return row_ == sizes_.orders; }
  char* append(char* out, int64_t) override {
    out = append_line(out, order_.lines[static_cast<size_t>(line_)]);
    if (++line_ < order_.line_count) return out;
    line_ = 0;
    if (++row_ == sizes_.orders) return out;
    order_ = order(row_);
    random_ = numbers(row_);
    return out;
  }

 private:
  char* append_line(char* out, const TpchLine& line) {
    out = put_integer(put(out, "{\"l_orderkey\":"), order_.key);
    out = put_integer(put(out, ",\"l_partkey\":"), line.part);
    out = put_integer(put(out, ",\"l_suppkey\":"), line.supplier);
    out = put_integer(put(out, ",\"l_linenumber\":"), line_ + 1);
    out = put_integer(put(out, ",\"l_quantity\":"), line.quantity);
    out = put_money(put(out, ",\"l_extendedprice\":"), line.price);
    out = put_money(put(out, ",\"l_discount\":"), line.discount);
    out = put_money(put(out, ",\"l_tax\":"), line.tax);
    out = put_quoted(put(out, ",\"l_returnflag\":"), {&line.return_flag, 1});
    out = put_quoted(put(out, ",\"l_linestatus\":"), {&line.status, 1});
    out = put_date(put(out, ",\"l_shipdate\":"), line.ship_date);
    out = put_date(put(out, ",\"l_commitdate\":"), line.commit_date);
    out = put_date(put(out, ",\"l_receiptdate\":"), line.receipt_date);
    out = put_words(put(out, ",\"l_shipinstruct\":"), {kInstructions}, random_);
    out = put_words(put(out, ",\"l_shipmode\":"), {kModes}, random_);
    return put(text_.put_comment(put(out, ",\"l_comment\":"), 10, 43, random_), "}\n");
  }

  TpchOrder order_;
  RandomNumbers random_;  ///< of this table alone, for one order's lines
  int64_t row_ = 0;       ///< of the order
  int64_t line_ = 0;
};

template <class Table>
std::unique_ptr<RecordMaker> make_table(const RecordSettings& settings) {
  return std::make_unique<Table>(settings);
}

}  // namespace

std::unique_ptr<RecordMaker> make_tpch_records(const RecordSettings& settings) {
  using Make = std::unique_ptr<RecordMaker> (*)(const RecordSettings&);
  constexpr std::array<Make, kTpchTables.size()> kMakers = {&make_table<RegionRecords>, &make_table<NationRecords>,   &make_table<SupplierRecords>,
                                                            &make_table<CustomerRecords>, &make_table<PartRecords>,   &make_table<PartsuppRecords>,
                                                            &make_table<OrderRecords>,  &make_table<LineitemRecords>};
  for (size_t i = 0; i < kTpchTables.size(); ++i) {
    if (kTpchTables[i] == settings.table) return kMakers[i](settings);
  }
  return nullptr;
}

}  // namespace millrace
