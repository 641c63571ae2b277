#include "tests/fuzz/random_queries/random_query.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "tests/fuzz/random_queries/random_expr.h"

namespace millrace::fuzz {

namespace {

struct From {
  std::string text;
  Columns columns;
};

Columns stream_columns(const std::string& q) {
  return {.integers = {q + "a", q + "b"}, .doubles = {q + "d"}, .strings = {q + "s"}, .booleans = {q + "p"}, .times = {q + "t"}};
}

class QueryBuilder {
 public:
  explicit QueryBuilder(RandomSource& random) : random_(random) {}

  RandomQuery build() {
    switch (random_.below(15)) {
      case 10:
      case 11:
      case 12: return whole();
      case 0:
      case 1: return plain();
      case 8:
      case 9: return joined_streams();
      case 2: return table_only();
      case 13:
      case 14: return over_windows();
      case 3: return windowed(false);
      case 4: return windowed(true);
      default: return grouped();
    }
  }

 private:
  From table() const {
    return {"u", {.integers = {"k"}, .doubles = {"w"}, .strings = {"name"}, .booleans = {}, .times = {}}};
  }

  From from() {
    switch (random_.below(6)) {
      case 0: return joined();
      case 1: return subquery();
      case 2: return united();
      default: return {"s", stream_columns("")};
    }
  }

  From joined() {
    From f{"", stream_columns("s.")};
    f.columns.integers.emplace_back("u.k");
    f.columns.strings.emplace_back("u.name");
    f.columns.doubles.emplace_back("u.w");
    std::string on = random_.pick({"s.a = u.k", "s.s = u.name", "s.b = u.k", "s.d = u.w", "s.a = u.k AND s.s = u.name"});
    if (random_.chance(30)) on += " AND " + RandomExpr(random_, f.columns).boolean(1);
    f.text = fmt::format("s {}JOIN u ON {}", random_.pick({"", "LEFT ", "INNER "}), on);
    return f;
  }

  std::string kind_of_join() {
    return random_.pick({"", "INNER ", "LEFT ", "RIGHT ", "FULL ", "LEFT SEMI ", "LEFT ANTI "});
  }

  Columns both_streams() const {
    Columns both = stream_columns("x.");
    const Columns other = stream_columns("y.");
    both.integers.insert(both.integers.end(), other.integers.begin(), other.integers.end());
    both.doubles.insert(both.doubles.end(), other.doubles.begin(), other.doubles.end());
    both.strings.insert(both.strings.end(), other.strings.begin(), other.strings.end());
    both.booleans.insert(both.booleans.end(), other.booleans.begin(), other.booleans.end());
    return both;
  }

  /// Bounds on both sides, on one, or strict ones; what is kept for ever gives the same rows.
  std::string time_bound() {
    const int64_t before = random_.below(9), after = random_.below(9);
    return random_.pick({fmt::format("y.t BETWEEN x.t - INTERVAL '{} seconds' AND x.t + INTERVAL '{} seconds'", before, after),
                         fmt::format("y.t > x.t - INTERVAL '{} seconds' AND y.t < x.t", before),
                         fmt::format("x.t + INTERVAL '{} seconds' <= y.t AND x.t >= y.t - INTERVAL '{} seconds'", before, before + after),
                         fmt::format("y.t <= x.t + INTERVAL '{} seconds'", after), std::string("y.t = x.t"),
                         std::string("x.t < y.t")});
  }

  /// Two streams, or one with itself.
  RandomQuery joined_streams() {
    const std::string kind = kind_of_join();
    const bool left_only = kind.starts_with("LEFT SEMI") || kind.starts_with("LEFT ANTI");
    const Columns both = both_streams();
    RandomExpr condition(random_, both);
    const bool timed = random_.chance(60);
    std::string on = random_.pick({"x.a = y.a", "x.s = y.s", "x.a = y.b", "x.d = y.d", "x.b = y.b AND x.s = y.s", "x.p = y.p"});
    if (timed) on = random_.chance(80) ? on + " AND " + time_bound() : time_bound();
    if (random_.chance(30)) on += " AND " + condition.boolean(1);
    const From f{fmt::format("s x {}JOIN {} y ON {}", kind, random_.chance(80) ? "r" : "s", on), left_only ? stream_columns("x.") : both};
    RandomExpr e(random_, f.columns);
    if (random_.chance(25)) {
      const std::string key = random_.pick(f.columns.strings);
      return {fmt::format("SELECT {} AS g, {} FROM {}{} GROUP BY {} EMIT COMPLETE", key, order_free_aggregates(e), f.text, where(e), key),
              false, true, timed};
    }
    return {fmt::format("SELECT {} AS c1, {} AS c2, {} AS c3 FROM {}{}", e.any(1), e.any(2), e.any(0), f.text, where(e)), false, false,
            timed};
  }

  /// In which order pairs come depends on how the streams are cut.
  std::string order_free_aggregates(RandomExpr& e) {
    return fmt::format("count(*) AS n, count(DISTINCT {}) AS m, min({}) AS l, max({}) AS h", e.any(0), e.any(0), e.integer(1));
  }

  From subquery() {
    const Columns below = stream_columns("");
    RandomExpr e(random_, below);
    From f;
    f.text = fmt::format("(SELECT {} AS a, b, {} AS d, {} AS s, {} AS p, t FROM s{}) AS q", e.integer(2), e.number(1), e.string(1),
                         e.boolean(2), where(e));
    f.columns = stream_columns("");
    return f;
  }

  From united() {
    rows_have_order_ = false;
    const Columns below = stream_columns("");
    RandomExpr e(random_, below);
    const std::string one = fmt::format("SELECT a, b, d, s, p, t FROM s{}", where(e));
    const std::string two = fmt::format("SELECT a, b, {}, {}, p, t FROM s{}", e.number(1), e.string(1), where(e));
    return {fmt::format("({} UNION ALL {}) AS q", one, two), stream_columns("")};
  }

  std::string where(RandomExpr& e) { return random_.chance(60) ? " WHERE " + e.boolean(3) : ""; }

  RandomQuery plain() {
    const From f = from();
    RandomExpr e(random_, f.columns);
    std::string select;
    for (int64_t i = random_.between(1, 4); i > 0; --i) select += fmt::format("{}{} AS c{}", select.empty() ? "" : ", ", e.any(3), i);
    if (random_.chance(15)) {
      const std::string columns = random_.pick({"c1", "c1 DESC", "c1 ASC NULLS LAST"});
      const std::string limit = random_.chance(50) ? fmt::format(" LIMIT {}", random_.below(6)) : "";
      return {fmt::format("SELECT {} AS c1 FROM {}{} ORDER BY {}{} EMIT COMPLETE", e.any(2), f.text, where(e), columns, limit), true, true};
    }
    if (random_.chance(15)) return {fmt::format("SELECT DISTINCT {} AS c1 FROM {}{} EMIT APPEND", e.any(2), f.text, where(e))};
    return {fmt::format("SELECT {} FROM {}{}", select, f.text, where(e))};
  }

  std::string frame() {
    const int64_t a = random_.below(4), b = random_.below(4);
    return random_.pick({std::string(), fmt::format(" ROWS BETWEEN {} PRECEDING AND {} FOLLOWING", a, b), fmt::format(" ROWS {} PRECEDING", a),
                         fmt::format(" ROWS BETWEEN {} FOLLOWING AND UNBOUNDED FOLLOWING", a),
                         fmt::format(" ROWS BETWEEN {} PRECEDING AND {} PRECEDING", a + b, a),
                         fmt::format(" RANGE BETWEEN {} PRECEDING AND {} FOLLOWING", a * 3, b * 5),
                         fmt::format(" RANGE BETWEEN CURRENT ROW AND {} FOLLOWING", b * 100), std::string(" RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")});
  }

  /// A window function that does not take a frame.
  std::string row_function(RandomExpr& e) {
    const std::string nulls = random_.pick({"", " IGNORE NULLS"});
    return random_.pick({std::string("row_number()"), std::string("rank()"), std::string("dense_rank()"), std::string("percent_rank()"),
                         std::string("cume_dist()"), fmt::format("ntile({})", random_.between(1, 5)), fmt::format("lag({}, {}){}", e.any(1), random_.below(3), nulls),
                         fmt::format("lead({}){}", e.any(1), nulls)});
  }

  /// One that looks at a frame.
  std::string frame_function(RandomExpr& e) {
    const std::string nulls = random_.pick({"", " IGNORE NULLS"});
    return random_.pick({fmt::format("count({})", e.any(1)), fmt::format("sum({}) FILTER (WHERE {})", e.integer(1), e.boolean(1)), fmt::format("min({})", e.string(1)),
                         fmt::format("max({})", e.integer(1)), fmt::format("first_value({}){}", e.any(1), nulls), fmt::format("last_value({}){}", e.any(1), nulls),
                         fmt::format("nth_value({}, {}){}", e.any(1), random_.between(1, 3), nulls)});
  }

  /// Window functions; the order is of one integer, as frames of values want it. Equal rows stay in order of arrival, which is that of the
  /// rows of one stream.
  RandomQuery over_windows() {
    const From f = random_.chance(30) ? table() : random_.chance(30) ? subquery() : random_.chance(30) ? joined() : From{"s", stream_columns("")};
    RandomExpr e(random_, f.columns);
    const std::string partition = random_.chance(70) ? "PARTITION BY " + e.any(1) + " " : "";
    const std::string order = "ORDER BY " + e.integer(1) + random_.pick({"", " DESC", " NULLS LAST", " DESC NULLS FIRST"});
    const std::string window = partition + order;
    std::string sql = fmt::format("SELECT {} AS c1, {} OVER ({}) AS c2, {} OVER ({}{}) AS c3, {} OVER ({}{}) AS c4, count(*) OVER ({}) AS c5 FROM {}{}", e.any(0), row_function(e),
                                  window, frame_function(e), window, frame(), frame_function(e), window, frame(), partition, f.text, where(e));
    if (random_.chance(30)) sql += fmt::format(" QUALIFY {}() OVER ({}) <= {}", random_.pick({"row_number", "rank", "dense_rank"}), window, random_.below(4));
    return {sql + " EMIT COMPLETE", false, true};
  }

  RandomQuery table_only() {
    const From f = table();
    RandomExpr e(random_, f.columns);
    if (random_.chance(50)) {
      return {fmt::format("SELECT {} AS c1, {} AS c2 FROM u{}", e.any(3), e.any(2), where(e)), false, true};
    }
    return {fmt::format("SELECT {} AS g, count(*) AS n, {} FROM u{} GROUP BY 1", e.any(1), aggregates(e), where(e)), false, true};
  }

  std::string aggregate(RandomExpr& e) {
    std::string call;
    switch (random_.below(9)) {
      case 0: call = "count(*)"; break;
      case 1: call = fmt::format("count({}{})", random_.chance(40) ? "DISTINCT " : "", e.any(1)); break;
      case 2: call = fmt::format("sum({})", random_.chance(50) ? e.integer(1) : random_.pick({"1", "2.5e0"})); break;
      case 3: call = fmt::format("avg({})", e.integer(1)); break;
      case 4: call = fmt::format("{}({})", random_.pick({"min", "max"}), e.any(1)); break;
      case 5: call = fmt::format("{}({})", rows_have_order_ ? random_.pick({"first", "last"}) : random_.pick({"min", "max"}), e.any(1)); break;
      case 6: call = fmt::format("{}({})", random_.pick({"stddev", "var_pop", "variance"}), e.integer(0)); break;
      case 7: call = fmt::format("{}({})", random_.pick({"bool_and", "bool_or", "count_if"}), e.boolean(1)); break;
      default: call = fmt::format("sum({})", e.number(0)); break;
    }
    if (random_.chance(15)) call += fmt::format(" FILTER (WHERE {})", e.boolean(1));
    return call;
  }

  std::string aggregates(RandomExpr& e) {
    std::string out;
    for (int64_t i = random_.between(1, 4); i > 0; --i) out += fmt::format("{}{} AS m{}", out.empty() ? "" : ", ", aggregate(e), i);
    return out;
  }

  std::string having(RandomExpr& e) {
    switch (random_.below(5)) {
      case 0: return " HAVING count(*) > 1";
      case 1: return fmt::format(" HAVING max({}) {} 2", e.integer(0), random_.pick({"<", ">=", "="}));
      default: return "";
    }
  }

  RandomQuery grouped() {
    const From f = from();
    RandomExpr e(random_, f.columns);
    if (random_.chance(15)) {
      return {fmt::format("SELECT {} FROM {}{} EMIT COMPLETE", aggregates(e), f.text, where(e)), false, true};
    }
    const std::string key = random_.chance(70) ? random_.pick(f.columns.strings) : e.any(2);
    const std::string other = random_.chance(60) ? random_.pick(f.columns.integers) : random_.pick(f.columns.booleans);
    switch (random_.below(5)) {
      case 0:
        return {fmt::format("SELECT {} AS g, {} FROM {}{} GROUP BY {}{} EMIT COMPLETE", key, aggregates(e), f.text, where(e), key,
                            having(e)), false, true};
      case 1:
      case 2: {
        const std::string sets = random_.chance(50) ? fmt::format("CUBE({}, {})", other, f.columns.strings[0])
                                                    : fmt::format("ROLLUP({}, {})", other, f.columns.strings[0]);
        const std::string id = random_.chance(50) ? ", grouping_id() AS id" : fmt::format(", grouping({}) AS id", other);
        return {fmt::format("SELECT {}, {}{}, {} FROM {}{} GROUP BY {}{} EMIT COMPLETE", other, f.columns.strings[0], id, aggregates(e),
                            f.text, where(e), sets, having(e)), false, true};
      }
      case 3:
        return {fmt::format("SELECT {} AS g, {} AS h, {} FROM {}{} GROUP BY 1, 2{} EMIT COMPLETE", key, other, aggregates(e), f.text,
                            where(e), having(e)), false, true};
      default: {
        const std::string limit = random_.chance(50) ? fmt::format(" LIMIT {}", random_.below(5)) : "";
        return {fmt::format("SELECT {} AS g, count(*) AS n FROM {}{} GROUP BY 1 ORDER BY n DESC, g{} EMIT COMPLETE", other, f.text,
                            where(e), limit), true, true};
      }
    }
  }

  std::string offset(int64_t period) {
    return random_.chance(30) ? fmt::format(", '{} seconds'", random_.between(1 - period, period - 1)) : "";
  }

  struct Window {
    std::string from;
    std::string group_by;
  };

  Window window() {
    const int64_t size = random_.between(1, 20);
    switch (random_.below(6)) {
      case 0: return {"s", fmt::format("session_window(t, '{} milliseconds')", random_.between(1, 12) * 250)};
      case 1:
        return {fmt::format("TABLE(CUMULATE(TABLE s, DESCRIPTOR(t), '{} seconds', '{} seconds'{}))", size, size * 3, offset(size * 3)),
                "window_start, window_end"};
      case 2: return {"s", fmt::format("window(t, '{} seconds')", size)};
      default: break;
    }
    const int64_t slide = random_.between(1, size);
    return {"s", fmt::format("window(t, '{} seconds', '{} seconds'{})", size, slide, offset(slide))};
  }

  RandomQuery windowed(bool appends) {
    const Columns columns = stream_columns("");
    RandomExpr e(random_, columns);
    const Window w = window();
    const std::string key = random_.chance(50) ? ", " + random_.pick({"s", "b", "p"}) : "";
    const std::string mode = appends ? "APPEND" : "COMPLETE";
    return {fmt::format("SELECT window_start, window_end{}, {} FROM {}{} GROUP BY {}{}{} EMIT {}", key, aggregates(e), w.from, where(e),
                        w.group_by, key, having(e), mode), false, !appends, appends};
  }

  /// Groups of the stream: a STRING g, BIGINTs n and h.
  std::string groups() {
    const Columns columns = stream_columns("");
    RandomExpr e(random_, columns);
    const std::string having = random_.chance(40) ? fmt::format(" HAVING {}", random_.pick({"count(*) > 1", "max(b) > 2", "sum(a) % 2 = 0"})) : "";
    return fmt::format("(SELECT {} AS g, count(*) AS n, {}({}) AS h FROM {}{} GROUP BY 1{})", random_.pick({"s", "upper(s)", "CAST(b AS STRING)"}),
                       random_.pick({"sum", "max", "min"}), e.integer(1), random_.chance(70) ? "s" : "r", where(e), having);
  }

  /// What needs its whole input in each batch.
  RandomQuery whole() {
    const Columns columns{.integers = {"x.n", "x.h"}, .doubles = {}, .strings = {"x.g"}, .booleans = {}, .times = {}};
    RandomExpr e(random_, columns);
    const std::string kind = random_.pick({"", "LEFT ", "RIGHT ", "FULL "});
    rows_have_order_ = false;
    if (random_.chance(50)) return of_changes();
    switch (random_.below(8)) {
      case 0: return complete(fmt::format("SELECT x.n AS k, {} FROM {} AS x{} GROUP BY 1", aggregates(e), groups(), where(e)));
      case 1: return complete(fmt::format("SELECT {} FROM {} AS x", aggregates(e), groups()));
      case 2: return complete(fmt::format("SELECT DISTINCT {} AS c FROM {} AS x", e.integer(1), groups()));
      case 3: return complete(fmt::format("SELECT x.g, x.n, y.h, y.g AS o FROM {} AS x {}JOIN {} AS y ON x.g = y.g", groups(), kind, groups()));
      case 4: return complete(fmt::format("SELECT x.n, y.a, y.b FROM {} AS x {}JOIN s AS y ON x.n = y.b", groups(), kind));
      case 5: return complete(fmt::format("SELECT u.k, u.name, x.n FROM u {}JOIN {} AS x ON u.k = x.n", kind, groups()));
      case 6: return complete(fmt::format("SELECT g, n FROM {} AS x UNION ALL SELECT s, a FROM r", groups()));
      default:
        return complete(fmt::format("SELECT count(*) AS c, sum(a) AS t FROM (SELECT a, b FROM s ORDER BY a, b LIMIT {}) AS x", random_.below(9)));
    }
  }

  /// An aggregate from which a row can be taken out again.
  std::string retractable(RandomExpr& e) {
    switch (random_.below(7)) {
      case 0: return "count(*)";
      case 1: return fmt::format("count({})", e.any(1));
      case 2: return fmt::format("count(DISTINCT {})", e.any(1));
      case 3: return fmt::format("sum({})", e.integer(1));
      case 4: return fmt::format("avg({})", e.integer(0));
      case 5: return fmt::format("count_if({})", e.boolean(1));
      default: return fmt::format("{}({})", random_.pick({"min", "max"}), e.any(1));
    }
  }

  /// A relation that takes back what it has said: g STRING, n and h BIGINT.
  std::string changing(int depth) {
    if (depth > 0 && random_.chance(30)) {
      return fmt::format("(SELECT max(g) AS g, n, count(*) AS h FROM {} AS z GROUP BY n)", changing(depth - 1));
    }
    if (depth > 0 && random_.chance(20)) {
      return fmt::format("(SELECT g, n, h FROM {} AS z UNION ALL SELECT s, b, a FROM r)", changing(depth - 1));
    }
    if (depth > 0 && random_.chance(20)) {
      return fmt::format("(SELECT z.g, y.n, z.h FROM {} AS z {}JOIN {} AS y ON z.n = y.n)", changing(depth - 1), random_.pick({"", "LEFT "}), groups());
    }
    return groups();
  }

  /// What is brought up to date by what a batch changes.
  RandomQuery of_changes() {
    const Columns columns{.integers = {"x.n", "x.h"}, .doubles = {}, .strings = {"x.g"}, .booleans = {}, .times = {}};
    RandomExpr e(random_, columns);
    const std::string x = changing(2) + " AS x";
    const std::string test = random_.chance(40) ? where(e) : "";
    switch (random_.below(10)) {
      case 0: return complete(fmt::format("SELECT x.n AS k, {} AS c, {} AS d FROM {}{} GROUP BY 1", retractable(e), retractable(e), x, test));
      case 1: return complete(fmt::format("SELECT {} AS c, {} AS d FROM {}{}", retractable(e), retractable(e), x, test));
      case 2: return complete(fmt::format("SELECT DISTINCT n, h FROM {}{}", x, test));
      case 3: return complete(fmt::format("SELECT x.g, x.h FROM {} WHERE x.n {}IN (SELECT b FROM r)", x, random_.pick({"", "NOT "})));
      case 4: return complete(fmt::format("SELECT a, b FROM s WHERE {}EXISTS (SELECT 1 FROM {} WHERE x.n = s.b{})", random_.pick({"", "NOT "}), x, random_.pick({"", " AND x.h > s.a"})));
      case 5: return complete(fmt::format("SELECT a, (SELECT max(x.h) FROM {} WHERE x.n = s.b) AS m FROM s", x));
      case 6: return complete(fmt::format("SELECT n, h FROM {} {} SELECT b, a FROM r", x, random_.pick({"UNION", "INTERSECT", "EXCEPT", "UNION ALL", "EXCEPT ALL"})));
      case 7: return complete(fmt::format("SELECT x.g, x.n, y.a FROM {} {}JOIN r AS y ON x.n = y.b{}", x, random_.pick({"", "LEFT ", "RIGHT ", "FULL "}), random_.pick({"", " AND y.a > x.h"})));
      case 8: return complete(fmt::format("SELECT y.a, x.h FROM s AS y {}JOIN r AS w ON y.b = w.b JOIN {} ON x.n = y.b", random_.pick({"LEFT ", "FULL "}), x));
      default:
        return {fmt::format("SELECT g, n, h FROM {} ORDER BY n DESC, h, g LIMIT {} EMIT COMPLETE", x, random_.between(1, 6)), true, true};
    }
  }

  static RandomQuery complete(const std::string& select) { return {select + " EMIT COMPLETE", false, true}; }

  RandomSource& random_;
  bool rows_have_order_ = true;  ///< how the rows of a UNION ALL's parts, or groups that come and go, follow each other depends on how the stream is cut
};

}  // namespace

RandomQuery random_query(RandomSource& random) { return QueryBuilder(random).build(); }

}  // namespace millrace::fuzz
