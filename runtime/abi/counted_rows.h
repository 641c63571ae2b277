#pragma once

#include <cstdint>

/// What one side of a join of changes keeps, as generated code sees it.
namespace millrace::abi {

/// A row that is there, in front of its fields.
struct CountedRow {
  CountedRow* next;      ///< with the same hash of join keys, or another one of the same chain
  CountedRow* previous;
  CountedRow* alike;     ///< the next one in the chain by all values
  uint64_t hash;         ///< of the join keys
  uint64_t row_hash;     ///< of all values
  int64_t weight;        ///< how often it is there; never 0 between two rows
  int64_t matches;       ///< the weights of the other side's rows that it matches, where somebody asks; below 0 within a batch at most
  int64_t number;        ///< by arrival
};

struct CountedChain {
  CountedRow* first;
  CountedRow* last;
};

/// The front of millrace::CountedRows.
struct CountedRows {
  CountedChain* chains;  ///< by hash & mask, each in order of arrival
  uint64_t mask;
  char* staged;          ///< room for a row: its fields are written here, texts where they happen to lie, then mr_counted_add
};

}  // namespace millrace::abi
