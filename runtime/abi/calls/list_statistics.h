#pragma once

#include "runtime/abi/calls/arrays.h"

/// What percentile, mode and histogram_numeric make of the list of their values. Bodies in runtime/functions/list_statistics.cpp.
namespace millrace::abi {

extern "C" {

/// ARRAY<DOUBLE> and a fraction, or an ARRAY of fractions: between the two values around that place, by how near they are.
PackedFunction mr_percentile_between;
/// ARRAY<T> and a fraction, or an ARRAY of fractions: the least value of which at least that part is not larger.
PackedFunction mr_percentile_exact;
/// ARRAY<T>: the value that is there most often, of several the one that came first.
PackedFunction mr_mode_of_list;
/// ARRAY<DOUBLE> and a number of bins: their centres and how many values each stands for [Ben-Haim and Tom-Tov, "A streaming parallel
/// decision tree algorithm", JMLR 2010].
PackedFunction mr_histogram_of_list;

}  // extern "C"

}  // namespace millrace::abi
