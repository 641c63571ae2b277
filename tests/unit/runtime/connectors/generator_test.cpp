#include "runtime/connectors/generator.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

#include "runtime/connectors/records/wiki_pages.h"
#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

std::string generate(const GeneratorOptions& options) {
  GeneratorSource source(options, {});
  REQUIRE(source.open().ok());
  return read_all(source, 100'000);
}

}  // namespace

TEST_CASE("the same seed and start time give the same bytes") {
  GeneratorOptions options;
  options.rows = 2000;
  options.start_time_ns = 1584786731485499800;
  std::string first = generate(options);
  CHECK(std::count(first.begin(), first.end(), '\n') == 2000);
  CHECK(first == generate(options));
  options.seed = 2;
  CHECK(first != generate(options));
}

TEST_CASE("records have sorted keys and a clock that goes by the rate") {
  GeneratorOptions options;
  options.rows = 2;
  options.rate = 1000;
  options.start_time_ns = 1'000'000'000'000;
  std::string text = generate(options);
  CHECK(text.starts_with("{\"Arrival_Time\": 1000000000000, \"Creation_Time\": 999"));
  CHECK(text.find("{\"Arrival_Time\": 1000001000000, \"Creation_Time\": ") != std::string::npos);
  CHECK(text.find(", \"Device\": \"nexus4_") != std::string::npos);
  CHECK(text.find(", \"Index\": 1, \"Model\": \"nexus4\", \"User\": \"") != std::string::npos);
}

TEST_CASE("about one row in a hundred has nothing but its times") {
  GeneratorOptions options;
  options.rows = 20'000;
  std::string text = generate(options);
  size_t errors = 0;
  for (size_t at = text.find("\"gt\": null"); at != std::string::npos; at = text.find("\"gt\": null", at + 1)) ++errors;
  CHECK(errors > 100);
  CHECK(errors < 300);
}

TEST_CASE("doubles are never in a form that Python would not print") {
  GeneratorOptions options;
  options.rows = 50'000;
  std::string text = generate(options);
  for (const char* key : {"\"x\": ", "\"y\": ", "\"z\": "}) {
    for (size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
      size_t begin = at + 5;
      std::string number = text.substr(begin, text.find_first_of(",}", begin) - begin);
      if (number == "null") continue;
      bool has_point = number.find('.') != std::string::npos || number.find('e') != std::string::npos;
      bool small = std::abs(std::stod(number)) < 1e-4 && std::stod(number) != 0;
      if (!has_point || small != (number.find('e') != std::string::npos)) FAIL_CHECK(number);
    }
  }
}

TEST_CASE("a rate is kept") {
  GeneratorOptions options;
  options.rate = 2000;
  GeneratorSource source(options, {});
  REQUIRE(source.open().ok());
  std::vector<char> buffer(1 << 20);
  int64_t rows = 0;
  for (int i = 0; i < 10; ++i) {
    ReadResult got = source.read(buffer, 10'000);
    rows += std::count(buffer.data(), buffer.data() + got.bytes, '\n');
  }
  CHECK(rows >= 1);
  CHECK(rows < 1000);
}

TEST_CASE("kinds that there are not are refused") {
  GeneratorOptions options;
  options.kind = "auctions";
  GeneratorSource source(options, {});
  CHECK(source.open().message() == "there is no generator kind 'auctions'");
}

TEST_CASE("the second watch has sorted keys and hearts that beat 60 to 200 times a minute") {
  GeneratorOptions options;
  options.kind = "iot2";
  options.rows = 20'000;
  options.start_time_ns = 1'000'000'000'000;
  std::string text = generate(options);
  CHECK(text.starts_with("{\"Arrival_Time\": 1000000000000, \"Creation_Time\": 999"));
  CHECK(text.find(", \"Device\": \"smartWatchX12\", \"Index\": ") != std::string::npos);
  CHECK(text.find(", \"Device\": \"smartWatchX0") == std::string::npos);
  int64_t beats = 0;
  int64_t errors = 0;
  for (size_t at = text.find("\"bpm\": "); at != std::string::npos; at = text.find("\"bpm\": ", at + 1)) {
    if (text.compare(at + 7, 4, "null") == 0) {
      ++errors;
      continue;
    }
    ++beats;
    int64_t bpm = std::stoll(text.substr(at + 7, 4));
    if (bpm < 60 || bpm > 200) FAIL_CHECK(bpm);
  }
  CHECK(beats + errors == 20'000);
  CHECK(errors > 100);
  CHECK(errors < 300);
}

TEST_CASE("quotes have accents, no-break spaces and doubled blanks") {
  GeneratorOptions options;
  options.kind = "quotes";
  options.rows = 500;
  std::string text = generate(options);
  for (const char* part : {"{\"character\": \"", ", \"quote\": \"", "\xC2\xA0!", "\xE2\x80\xAF?", "  ", "\xC3\xA9", "\\\"fresh\\\""}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

void check_records(const RecordKind& kind, const RecordSettings& settings) {
  CAPTURE(kind.name, settings.table);
  auto first = kind.make(settings);
  auto second = kind.make(settings);
  std::vector<char> one(RecordMaker::kLongestRecord);
  std::vector<char> two(RecordMaker::kLongestRecord);
  int64_t made = 0;
  for (; made < 5000 && !first->ended(); ++made) {
    std::string_view a(one.data(), static_cast<size_t>(first->append(one.data(), made * 1'000'000'000LL) - one.data()));
    std::string_view b(two.data(), static_cast<size_t>(second->append(two.data(), made * 1'000'000'000LL) - two.data()));
    if (a != b || a.size() > RecordMaker::kLongestRecord || a.find('\n') != a.size() - 1 || a[0] != '{') FAIL_CHECK(a);
  }
  CHECK(made > 0);
  CHECK(first->ended() == second->ended());
}

TEST_CASE("every kind of record is reproducible, fits its bound, and is a line") {
  for (const RecordKind& kind : kRecordKinds) {
    if (kind.tables.empty()) check_records(kind, {.seed = 7});
    for (const std::string_view table : kind.tables) check_records(kind, {.seed = 7, .table = std::string(table)});
  }
}

std::vector<std::string> table_lines(const std::string& table, double scale) {
  GeneratorOptions options;
  options.kind = "tpch";
  options.table = table;
  options.scale = scale;
  std::istringstream text(generate(options));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(std::move(line));
  return lines;
}

/// How many of `lines` have `first` and `second` behind it.
int64_t count_with(const std::vector<std::string>& lines, const char* first, const char* second) {
  return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
    const size_t at = line.find(first);
    return at != std::string::npos && line.find(second, at) != std::string::npos;
  });
}

TEST_CASE("the tables of the benchmark have its sizes, its sparse keys and its frequencies of words") {
  const std::vector<std::pair<std::string, size_t>> sizes = {{"region", 5},   {"nation", 25},     {"supplier", 1000}, {"customer", 15'000},
                                                             {"part", 20'000}, {"partsupp", 80'000}, {"orders", 150'000}};
  for (const auto& [table, size] : sizes) {
    CAPTURE(table);
    CHECK(table_lines(table, 0.1).size() == size);
  }
  const std::vector<std::string> orders = table_lines("orders", 0.1);
  CHECK(orders[6].starts_with("{\"o_orderkey\":7,"));
  CHECK(orders[7].starts_with("{\"o_orderkey\":32,"));
  CHECK(orders[149'999].starts_with("{\"o_orderkey\":600000,"));
  CHECK(std::abs(count_with(orders, "special", "requests") - 150'000 / 93) < 200);
  const std::vector<std::string> parts = table_lines("part", 0.1);
  CHECK(std::abs(count_with(parts, "\"p_brand\":\"Brand#23\"", "\"MED BOX\"") - 20'000 / 25 / 40) < 20);
  CHECK(std::abs(count_with(parts, "green", "p_mfgr") - 20'000 * 5 / 92) < 150);
  CHECK(parts[1234].find("\"p_retailprice\":1136.23,") != std::string::npos);  // 90000 + 123 + 100 * 235 hundredths
  const std::vector<std::string> suppliers = table_lines("supplier", 2);
  CHECK(std::abs(count_with(suppliers, "Customer", "Complaints") - 10) < 10);
  CHECK(count_with(suppliers, "Customer", "Complaints") > 0);
  CHECK(count_with(suppliers, "Customer", "Recommends") > 0);
}

TEST_CASE("an order has one to seven lines, four on the average") {
  const auto lines = static_cast<double>(table_lines("lineitem", 0.02).size());
  CHECK(lines / 30'000 == Approx(4).margin(0.05));
}

std::vector<std::string> lines_of(const std::string& kind, int64_t rows, int64_t rate = 0) {
  GeneratorOptions options;
  options.kind = kind;
  options.rows = rows;
  options.start_time_ns = 1'577'836'800'000'000'000;
  if (rate > 0) options.rate = rate;
  std::istringstream text(generate(options));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(std::move(line));
  return lines;
}

TEST_CASE("of fifty events of the auction house one is a person, three are auctions, the rest bids, and each kind alone is a part of the whole") {
  std::vector<std::string> persons, auctions, bids;
  for (const std::string& line : lines_of("nexmark", 5000)) {
    const std::string rest = '{' + line.substr(std::string("{\"event_type\":0,").size());
    (line[14] == '0' ? persons : line[14] == '1' ? auctions : bids).push_back(rest);
  }
  CHECK(persons == lines_of("nexmark_person", 100));
  CHECK(auctions == lines_of("nexmark_auction", 300));
  CHECK(bids == lines_of("nexmark_bid", 4600));
  CHECK(persons[7].starts_with("{\"id\":1007,"));
  CHECK(auctions[299].starts_with("{\"id\":1299,"));
  CHECK(bids[46].find("\"dateTime\":\"2020-01-01 00:00:00.005\"") != std::string::npos);  // event 54 of 10,000 a second
}

TEST_CASE("streams of one kind have a clock by the rate that is asked for") {
  CHECK(lines_of("nexmark_bid", 470, 920)[460].find("\"dateTime\":\"2020-01-01 00:00:00.504\"") != std::string::npos);  // round 10, the fifth event
  CHECK(lines_of("nexmark_person", 3, 1000)[2].find("\"dateTime\":\"2020-01-01 00:00:00.002\"") != std::string::npos);
}

TEST_CASE("half of the bids go to the hot auction, three of four come from the hot bidder, and prices have evenly spread logarithms") {
  const std::vector<std::string> bids = lines_of("nexmark_bid", 46'000);
  int hot_auction = 0, hot_bidder = 0;
  std::array<int, 9> by_digits{};
  for (size_t i = 0; i < bids.size(); ++i) {
    long auction = 0, bidder = 0, price = 0;
    if (sscanf(bids[i].c_str(), "{\"auction\":%ld,\"bidder\":%ld,\"price\":%ld,", &auction, &bidder, &price) != 3) FAIL(bids[i]);
    const auto round = static_cast<long>(i / 46);
    if (auction - 1000 == (round * 3 + 2) / 100 * 100) ++hot_auction;
    if (bidder - 1000 == round / 100 * 100 + 1) ++hot_bidder;
    if (price < 100 || price > 100'000'000) FAIL_CHECK(price);
    ++by_digits[std::min<size_t>(std::to_string(price).size(), 9) - 1];
    if (auction < 1000 || auction - 1000 > round * 3 + 2 + 10 || bidder < 1000 || bidder - 1000 > round + 10) FAIL_CHECK(bids[i]);
  }
  CHECK(hot_auction == Approx(23'000).epsilon(0.05));
  CHECK(hot_bidder == Approx(34'500).epsilon(0.05));
  for (int digits = 3; digits <= 8; ++digits) CHECK(by_digits[static_cast<size_t>(digits - 1)] == Approx(46'000 / 6).epsilon(0.1));
}

TEST_CASE("changes of wiki pages touch the French Wikipedia and its sensitive pages") {
  GeneratorOptions options;
  options.kind = "wikimedia";
  options.rows = 20'000;
  options.start_time_ns = 1'585'047'749'000'000'000;
  std::string text = generate(options);
  for (const char* part : {"{\"$schema\":\"/mediawiki/recentchange/1.0.0\",\"meta\":{\"uri\":\"https://", "\"dt\":\"2020-03-24T11:02:",
                           "\"type\":\"edit\"", "\"type\":\"new\"", "\"type\":\"log\"", "\"type\":\"categorize\"", "\"wiki\":\"frwiki\"",
                           "\"title\":\"Vaccination\"", "\"length\":{\"old\":", "\"revision\":{\"new\":", "<a href=\\\"/wiki/", "\"bot\":true"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("the list of sensitive pages holds what the made-up changes touch") {
  std::ifstream file(MILLRACE_SOURCE_FOLDER "/queries/data/pages_sensibles.csv");
  std::string list((std::istreambuf_iterator<char>(file)), {});
  REQUIRE_FALSE(list.empty());
  for (std::string_view page : sensitive_pages()) {
    CAPTURE(page);
    CHECK(list.find("\n" + std::string(page) + ";") != std::string::npos);
  }
}
