#include "runtime/connectors/records/tpch_tables.h"

#include <algorithm>
#include <cmath>

namespace millrace {

namespace {

constexpr int32_t kStartDate = 8035;     // 1992-01-01
constexpr int32_t kCurrentDate = 9298;   // 1995-06-17
constexpr int32_t kLastOrderDate = 10440;  // 151 days before 1998-12-31: the last order's last line arrives in that year
constexpr int64_t kSuppliersOfPart = 4;

int64_t scaled(int64_t rows, double scale, int64_t least) {
  return std::max<int64_t>(std::llround(static_cast<double>(rows) * scale), least);
}

/// A third of the customers has no orders: those whose key is a multiple of three.
int64_t ordering_customer(RandomNumbers& random, int64_t customers) {
  const int64_t place = random.between(0, customers - customers / 3 - 1);
  return place / 2 * 3 + place % 2 + 1;
}

TpchLine make_line(RandomNumbers& random, int32_t order_date, const TpchSizes& sizes) {
  TpchLine line{};
  line.part = random.between(1, sizes.parts);
  line.supplier = tpch_supplier_of_part(line.part, random.between(0, kSuppliersOfPart - 1), sizes.suppliers);
  line.quantity = random.between(1, 50);
  line.price = line.quantity * tpch_retail_price(line.part);
  line.discount = random.between(0, 10);
  line.tax = random.between(0, 8);
  line.ship_date = order_date + static_cast<int32_t>(random.between(1, 121));
  line.commit_date = order_date + static_cast<int32_t>(random.between(30, 90));
  line.receipt_date = line.ship_date + static_cast<int32_t>(random.between(1, 30));
  const bool returned = random.once_in(2);
  line.return_flag = line.receipt_date > kCurrentDate ? 'N' : returned ? 'R' : 'A';
  line.status = line.ship_date > kCurrentDate ? 'O' : 'F';
  return line;
}

}  // namespace

TpchSizes::TpchSizes(double scale)
    : suppliers(scaled(10'000, scale, kSuppliersOfPart)),
      customers(scaled(150'000, scale, 1)),
      parts(scaled(200'000, scale, 1)),
      orders(scaled(1'500'000, scale, 1)),
      clerks(scaled(1'000, scale, 1)) {}

RandomNumbers tpch_row_numbers(uint64_t seed, std::string_view table, int64_t row) {
  constexpr uint64_t kRowStride = 0xd1342543de82ef95u;  // odd, so that no two rows have one state
  uint64_t start = seed;
  for (char c : table) start = RandomNumbers(start ^ static_cast<uint8_t>(c)).next();
  return RandomNumbers(start + static_cast<uint64_t>(row) * kRowStride);
}

int64_t tpch_retail_price(int64_t part) { return 90'000 + part / 10 % 20'001 + 100 * (part % 1000); }

int64_t tpch_supplier_of_part(int64_t part, int64_t i, int64_t suppliers) {
  // The benchmark's second summand would name one supplier twice where there are few.
  constexpr int64_t kFew = 100;
  const int64_t stride = suppliers / kSuppliersOfPart + (suppliers < kFew ? 0 : (part - 1) / suppliers);
  return (part + i * stride) % suppliers + 1;
}

TpchOrder tpch_order(uint64_t seed, int64_t row, const TpchSizes& sizes) {
  RandomNumbers random = tpch_row_numbers(seed, "orders", row);
  const int64_t number = row + 1;
  // Of 32 keys the first eight are used.
  TpchOrder order{.key = number / 8 * 32 + number % 8, .customer = 0, .date = 0, .status = 0, .total_price = 0, .line_count = 0, .lines = {}, .rest = random};
  order.customer = ordering_customer(random, sizes.customers);
  order.date = static_cast<int32_t>(random.between(kStartDate, kLastOrderDate));
  order.line_count = random.between(1, TpchOrder::kLinesMax);
  int64_t shipped = 0;
  int64_t total = 0;
  for (int64_t i = 0; i < order.line_count; ++i) {
    const TpchLine& line = order.lines[static_cast<size_t>(i)] = make_line(random, order.date, sizes);
    if (line.status == 'F') ++shipped;
    total += line.price * (100 - line.discount) * (100 + line.tax);
  }
  order.status = shipped == order.line_count ? 'F' : shipped == 0 ? 'O' : 'P';
  order.total_price = (total + 5'000) / 10'000;
  order.rest = random;
  return order;
}

}  // namespace millrace
