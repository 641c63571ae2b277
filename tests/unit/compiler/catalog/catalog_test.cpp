#include "compiler/catalog/catalog.h"

#include <catch2/catch.hpp>

#include "compiler/catalog/names.h"

namespace millrace {

namespace {
Relation named(const std::string& name, ast::RelationKind kind = ast::RelationKind::Stream) {
  Relation relation;
  relation.name = name;
  relation.kind = kind;
  return relation;
}
}  // namespace

TEST_CASE("names are found in any letter case and keep their spelling") {
  Catalog catalog;
  catalog.add(named("Iot"));
  REQUIRE(catalog.find("IOT") != nullptr);
  CHECK(catalog.find("iot")->name == "Iot");
  CHECK(catalog.find("iots") == nullptr);
  CHECK(same_name("Größe", "größe"));
  CHECK_FALSE(same_name("a", "ab"));
}

TEST_CASE("adding a name again replaces the relation in its place") {
  Catalog catalog;
  catalog.add(named("a"));
  catalog.add(named("b"));
  catalog.add(named("A", ast::RelationKind::Table));
  CHECK(catalog.names() == std::vector<std::string>{"A", "b"});
  CHECK(catalog.find("a")->kind == ast::RelationKind::Table);
  CHECK(catalog.remove("B"));
  CHECK_FALSE(catalog.remove("B"));
  CHECK(catalog.relations().size() == 1);
}

}  // namespace millrace
