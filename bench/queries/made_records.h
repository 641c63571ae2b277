#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::bench {

/// Prints records of a kind that `millrace gen` does not make: wide (a hundred fields), keys1m and keys10m (keys out of so many), ads (what happened to
/// advertisements) and campaigns (as csv: whose they are). The same ones each time.
void make_records(std::string_view kind, int64_t rows);

}  // namespace millrace::bench
