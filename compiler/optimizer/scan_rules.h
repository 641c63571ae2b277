#pragma once

#include "compiler/plan/plan.h"

/// Rules that change what is read of a query's sources; each takes a whole query and gives one that means the same. optimize() runs them around the
/// list of rules.h.
namespace millrace {

/// Where all that is wanted of the lines of a text are fields of one from_json, lets the scan read the lines as records with these fields, as if
/// the stream had declared them. First of all: views and subqueries are not merged yet, and the other rules then do with it what they do with columns.
plan::Query fuse_from_json(plan::Query query);

/// Leaves of a scan's STRUCT columns the fields that are used, so that its decoder passes over the others. Last: the columns are pruned.
plan::Query narrow_structs(plan::Query query);

}  // namespace millrace
