#include "compiler/driver/shell/completion.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace millrace {
namespace {

/// A session that knows one stream, `iot (gt, Model)`.
Session make_session() {
  Session session;
  Relation iot;
  iot.name = "iot";
  iot.columns = {{"gt", TypeKind::String, true}, {"Model", TypeKind::String, true}};
  session.catalog.add(std::move(iot));
  return session;
}

bool offers(const Completion& completion, const std::string& word) {
  return std::find(completion.candidates.begin(), completion.candidates.end(), word) != completion.candidates.end();
}

TEST_CASE("keywords come in the letter case that was begun") {
  Session session = make_session();
  const Completer completer(session);
  CHECK(offers(completer.complete("SEL"), "SELECT"));
  CHECK(offers(completer.complete("create mat"), "materialized"));
  CHECK(completer.complete("create mat").word_size == 3);
}

TEST_CASE("relations, columns and functions") {
  Session session = make_session();
  const Completer completer(session);
  CHECK(offers(completer.complete("SELECT * FROM io"), "iot"));
  CHECK(offers(completer.complete("SELECT mod"), "Model"));
  CHECK(completer.complete("SELECT iot.").candidates == std::vector<std::string>{"Model", "gt"});
  CHECK(offers(completer.complete("SELECT coun"), "count"));
  CHECK(completer.complete("SELECT nothing.").candidates.empty());
}

TEST_CASE("what SHOW takes") {
  Session session = make_session();
  const Completer completer(session);
  CHECK(completer.complete("show ta").candidates == std::vector<std::string>{"TABLES"});
  CHECK(completer.complete("SHOW ").candidates.size() == 8);
}

TEST_CASE("commands") {
  Session session = make_session();
  const Completer completer(session);
  CHECK(completer.complete("\\w").candidates == std::vector<std::string>{"\\wait", "\\watch"});
  CHECK(completer.complete("\\w").word_size == 2);
}

TEST_CASE("what candidates have in common") {
  CHECK(common_prefix({"wait", "watch"}) == "wa");
  CHECK(common_prefix({"Model", "mode"}) == "Mode");
  CHECK(common_prefix({"é1", "è2"}).empty());
  CHECK(common_prefix({}).empty());
}

}  // namespace
}  // namespace millrace
