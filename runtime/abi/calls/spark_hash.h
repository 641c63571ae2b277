#pragma once

#include "runtime/abi/calls/arrays.h"

/// hash() and xxhash64() of any values, with Spark's seeds and its rules of what is hashed of each type. Bodies in runtime/functions/spark_hash.cpp.
namespace millrace::abi {

extern "C" {

/// INT: Murmur3 (x86, 32 bits) [Appleby, 2011], seed 42. NULLs change nothing.
PackedFunction mr_spark_hash;
/// BIGINT: XXH64 [Collet, 2014], seed 42.
PackedFunction mr_spark_xxhash64;

}  // extern "C"

}  // namespace millrace::abi
