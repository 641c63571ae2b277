#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/nested.h"
#include "runtime/abi/string_ref.h"

/// Functions that make ARRAY and MAP values or take them apart (runtime/abi/nested.h). Bodies in runtime/functions.
namespace millrace::abi {

extern "C" {

// split.cpp
/// The pieces between the matches of a pattern in RE2 syntax, with Java's rules for empty pieces: those at the end stay. False (NULL) when the
/// pattern is no regular expression. An empty pattern parts the characters.
bool mr_split(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, StringRef* out) noexcept;
/// At most `limit` pieces, the last with all that is left; 0 or less: as many as there are.
bool mr_split_limited(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, int64_t limit, StringRef* out) noexcept;

// item_list.cpp: an array that grows element by element, in the context's scratch
struct ItemList;
ItemList* mr_list_begin(PipelineContext* ctx) noexcept;
/// The bytes of an item are borrowed until the array is made.
void mr_list_add(ItemList* list, const NestedItem* item) noexcept;
/// False when the array would be too large.
bool mr_list_finish(ItemList* list, StringRef* out) noexcept;

/// A function of any types: `codes` are the type codes of the arguments, one behind the other, and then the result's; false means NULL. Every
/// argument may be NULL; unless a function says otherwise a NULL makes the result NULL.
using PackedFunction = bool(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept;

// array_search.cpp
PackedFunction mr_array_size;         ///< of ARRAY or MAP
PackedFunction mr_size;               ///< as mr_array_size; -1 of a NULL
PackedFunction mr_array_contains;     ///< NULL when the value is not found and might be one of the NULLs
PackedFunction mr_array_position;     ///< from 1; 0: not found
PackedFunction mr_array_element_at;   ///< from 1, from the end when negative; NULL beyond the ends
PackedFunction mr_map_element_at;
PackedFunction mr_map_contains_key;
PackedFunction mr_array_min;          ///< NULLs are passed over; NULL without others
PackedFunction mr_array_max;
PackedFunction mr_arrays_overlap;     ///< NULL when no common value is found, none is empty, and one has a NULL
PackedFunction mr_array_join;         ///< STRINGs; a third argument stands for the NULLs, which are passed over without
PackedFunction mr_string_agg;         ///< as mr_array_join of two arguments; NULL of an empty array

// array_order.cpp
PackedFunction mr_array_distinct;
PackedFunction mr_array_union;        ///< this and the next two give each value once; NULL is a value
PackedFunction mr_array_intersect;
PackedFunction mr_array_except;
PackedFunction mr_sort_array;         ///< ascending with NULLs first, or by the second argument descending with NULLs last
PackedFunction mr_array_sort;         ///< ascending with NULLs last
PackedFunction mr_sort_by_orders;     ///< by how each element compares with each, an ARRAY for each; NULL when one that matters is NULL
PackedFunction mr_array_reverse;

// array_build.cpp
PackedFunction mr_array_append;       ///< a NULL value is appended
PackedFunction mr_array_prepend;
PackedFunction mr_array_insert;       ///< at a position from 1, or from the end when negative; gaps are NULLs
PackedFunction mr_array_compact;      ///< without its NULLs
PackedFunction mr_array_remove;
PackedFunction mr_array_repeat;       ///< the value may be NULL
PackedFunction mr_array_concat;
PackedFunction mr_array_flatten;      ///< NULL when an inner array is
PackedFunction mr_array_slice;        ///< NULL for a start of 0 and for a negative length
PackedFunction mr_arrays_zip;         ///< STRUCTs of the arrays' elements; the shorter ones go on with NULLs

// sequence.cpp: from, to, step, 1 or -1 (a day) if it is left out; NULL for a step the other way
PackedFunction mr_sequence;           ///< of integers
PackedFunction mr_sequence_of_times;  ///< DATEs or TIMESTAMPs, the step in microseconds
PackedFunction mr_sequence_by_months;

// map_functions.cpp
PackedFunction mr_map_keys_array;
PackedFunction mr_map_values_array;
PackedFunction mr_map_entries;
PackedFunction mr_map_from_arrays;    ///< NULL when lengths differ or a key is NULL
PackedFunction mr_map_from_entries;
PackedFunction mr_map_concat;
PackedFunction mr_str_to_map;         ///< text, and patterns between entries (',') and between key and value (':')

}  // extern "C"

}  // namespace millrace::abi
