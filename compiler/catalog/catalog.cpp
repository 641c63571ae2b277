#include "compiler/catalog/catalog.h"

#include <algorithm>

#include "compiler/catalog/names.h"

namespace millrace {

const Relation* Catalog::find(std::string_view name) const {
  for (const auto& relation : relations_) {
    if (same_name(relation->name, name)) return relation.get();
  }
  return nullptr;
}

Relation* Catalog::find(std::string_view name) { return const_cast<Relation*>(std::as_const(*this).find(name)); }

Relation& Catalog::add(Relation relation) {
  if (Relation* old = find(relation.name)) {
    *old = std::move(relation);
    return *old;
  }
  return *relations_.emplace_back(std::make_unique<Relation>(std::move(relation)));
}

bool Catalog::remove(std::string_view name) {
  return std::erase_if(relations_, [&](const auto& relation) { return same_name(relation->name, name); }) > 0;
}

std::vector<std::string> Catalog::names() const {
  std::vector<std::string> all;
  for (const auto& relation : relations_) all.push_back(relation->name);
  return all;
}

std::vector<const Relation*> Catalog::relations() const {
  std::vector<const Relation*> all;
  for (const auto& relation : relations_) all.push_back(relation.get());
  return all;
}

}  // namespace millrace
