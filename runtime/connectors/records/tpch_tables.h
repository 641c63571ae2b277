#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "runtime/connectors/records/random_numbers.h"

namespace millrace {

/// The tables of TPC-H [Transaction Processing Performance Council, "TPC Benchmark H", revision 3, section 4.2.3]: as many rows, keys, dates, prices and
/// frequencies of words as there; the texts and the random numbers are ours, so that results are not the official ones.

inline constexpr std::array<std::string_view, 8> kTpchTables = {"region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"};

/// How many rows the tables have at a scale; a lineitem has one to seven rows an order.
struct TpchSizes {
  int64_t suppliers;
  int64_t customers;
  int64_t parts;
  int64_t orders;
  int64_t clerks;

  explicit TpchSizes(double scale);
};

/// The random numbers of row `row` of a table: no row depends on those before it.
RandomNumbers tpch_row_numbers(uint64_t seed, std::string_view table, int64_t row);

/// In hundredths.
int64_t tpch_retail_price(int64_t part);

/// The i-th (0 to 3) of a part's suppliers, who are four different ones.
int64_t tpch_supplier_of_part(int64_t part, int64_t i, int64_t suppliers);

/// A date is its number of days since 1970-01-01.
struct TpchLine {
  int64_t part;
  int64_t supplier;
  int64_t quantity;
  int64_t price;     ///< l_extendedprice, in hundredths
  int64_t discount;  ///< in hundredths, as the tax
  int64_t tax;
  int32_t ship_date;
  int32_t commit_date;
  int32_t receipt_date;
  char return_flag;
  char status;
};

/// An order with its lines, of which its status and price follow: orders and lineitem agree.
struct TpchOrder {
  static constexpr int64_t kLinesMax = 7;

  int64_t key;
  int64_t customer;
  int32_t date;
  char status;
  int64_t total_price;  ///< in hundredths
  int64_t line_count;
  std::array<TpchLine, kLinesMax> lines;
  RandomNumbers rest;  ///< for what concerns the order or its lines alone
};

/// The order of row `row`, from 0.
TpchOrder tpch_order(uint64_t seed, int64_t row, const TpchSizes& sizes);

}  // namespace millrace
