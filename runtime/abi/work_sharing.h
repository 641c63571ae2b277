#pragma once

#include <cstdint>
#include <vector>

/// How several workers share the rows of a program's queries: what the compiler hands over beside the Program when there is to be more than
/// one.
namespace millrace::abi {

/// Of an aggregate that workers have parts of: entries of the generated functions that bring a worker's groups into the query's own.
struct StateSharing {
  int32_t adopt_entry = -1;      ///< finds or makes the query's group of each of the worker's groups; -1: workers have no parts of it
  int32_t merge_entry = -1;      ///< merges the states of aggregates that may be merged in any order
  int32_t replay_entry = -1;     ///< makes the additions of an update log
  uint32_t log_record_size = 0;  ///< bytes of a record of that log; 0: there is none
  int32_t add_staged_entry = -1;    ///< adds rows that were written down whole; -1: they cannot be
  uint32_t staged_record_size = 0;  ///< bytes of such a row
  uint32_t number_offset = 0;       ///< in a group that was made of such a row: of the row's number, which is never 0
};

struct QuerySharing {
  bool shares_rows = false;          ///< workers may compute rows side by side; else they take turns, in the order of the rows
  /// The order of its rows depends on the blocks in which they are read, so that they have to be those of one worker.
  bool needs_one_worker = false;
  std::vector<StateSharing> states;  ///< by slot
};

struct WorkSharing {
  int32_t threads = 1;                ///< workers for the rows of a query
  std::vector<QuerySharing> queries;  ///< as in Program::queries
};

}  // namespace millrace::abi
